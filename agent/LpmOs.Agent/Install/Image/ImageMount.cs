using System.Text;

namespace LpmOs.Agent.Install.Image;

/// <summary>A line of the fstab that an image brought (fstab(5)).</summary>
/// <param name="Source">As it stands there: UUID=…, LABEL=…, PARTUUID=…, or a path below /dev.</param>
/// <param name="Point">An absolute path; links and .. in it are yet to be followed as the new system would.</param>
/// <param name="Subvolume">The mount option by which btrfs finds it, <c>subvol=…</c> or <c>subvolid=…</c>; null: the whole file system.</param>
/// <param name="MayFail">The system starts without it.</param>
internal sealed record ImageMount(string Source, string Point, string? Subvolume, bool MayFail)
{
    private static readonly string[] Kernels = ["/proc", "/sys", "/dev", "/run"];

    /// <summary>Everything but the root itself and what the kernel fills, outer ones first: users, keys and network may have to be written to any of it.</summary>
    public static IReadOnlyList<ImageMount> Read(string fstab) =>
        [.. fstab.Split('\n').Select(line => line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries)).Where(fields => fields.Length >= 3 && !fields[0].StartsWith('#'))
            .Select(fields => From([.. fields.Select(Plain)])).Where(mount => mount.IsWanted).OrderBy(mount => mount.Point.Count(c => c == '/'))];

    /// <summary>Does the source mean this partition?</summary>
    public bool IsOn(ImagePartition partition) => Name switch
    {
        ("UUID", var uuid) => Same(uuid, partition.Uuid),
        ("LABEL", var label) => label == partition.Label,
        ("PARTUUID", var id) => Same(id, partition.Id),
        _ => false,
    };

    private bool IsWanted => Point.Length > 1 && Point[0] == '/' && !Kernels.Any(kernel => Point == kernel || Point.StartsWith(kernel + "/", StringComparison.Ordinal));

    private (string Kind, string Value) Name => Source.Split('=', 2) is [var kind, var value] ? (kind, value.Trim('"'))
        : Source.Split('/') is ["", "dev", "disk", var by, var name] && by.StartsWith("by-", StringComparison.Ordinal) ? (by[3..].ToUpperInvariant(), name) : ("", "");

    private static ImageMount From(string[] fields)
    {
        var options = fields.Length > 3 ? fields[3].Split(',') : [];
        var point = fields[1].Length > 1 ? fields[1].TrimEnd('/') : fields[1];
        return new(fields[0], point, options.LastOrDefault(option => option.StartsWith("subvol=", StringComparison.Ordinal) || option.StartsWith("subvolid=", StringComparison.Ordinal)), options.Contains("nofail"));
    }

    private static bool Same(string one, string? other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    // Blanks and other special characters stand there as backslash and three octal digits (getmntent(3)).
    private static string Plain(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal))
            return field;
        var text = new StringBuilder();
        for (var at = 0; at < field.Length; at++)
        {
            if (field[at] == '\\' && at + 3 < field.Length && !field.AsSpan(at + 1, 3).ContainsAnyExceptInRange('0', '7'))
            {
                text.Append((char)(((field[at + 1] - '0') << 6) + ((field[at + 2] - '0') << 3) + field[at + 3] - '0'));
                at += 3;
            }
            else
            {
                text.Append(field[at]);
            }
        }
        return text.ToString();
    }
}
