namespace LpmOs.Agent.Discovery;

/// <summary>File system, RAID or volume member found on a block device.</summary>
internal sealed record BlockSignature(string? Type, string? Label, string? Uuid);

/// <summary>Asks <c>blkid</c> (util-linux) what is on devices, past any cache; without the program nothing is known.</summary>
internal sealed class SignatureProber(ProgramRunner programs)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>What was found, by device; devices without a signature are not in it.</summary>
    public async Task<IReadOnlyDictionary<string, BlockSignature>> ProbeAsync(IReadOnlyList<string> devices, CancellationToken cancellationToken)
    {
        try
        {
            var result = await programs.RunAsync("blkid", ["-p", "-o", "export", .. devices], new() { TimeLimit = Longest, Quiet = true }, cancellationToken).ConfigureAwait(false);
            return Parse(result.Output);
        }
        catch (ProgramException)
        {
            return new Dictionary<string, BlockSignature>();
        }
    }

    /// <summary>Blocks of <c>NAME=value</c> lines, one a device, begun by <c>DEVNAME</c>.</summary>
    public static IReadOnlyDictionary<string, BlockSignature> Parse(string output)
    {
        var found = new Dictionary<string, BlockSignature>();
        string? device = null;
        foreach (var line in output.Split('\n'))
        {
            if (line.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var at))
                continue;
            var (name, value) = (line[..at], Printable.Clean(line[(at + 1)..].Replace("\\", "", StringComparison.Ordinal), 128));
            if (name == "DEVNAME")
                device = value;
            if (device is null)
                continue;
            var known = found.GetValueOrDefault(device) ?? new(null, null, null);
            var next = name switch
            {
                "TYPE" => known with { Type = value },
                "LABEL" => known with { Label = value },
                "UUID" => known with { Uuid = value },
                _ => known,
            };
            if (next != known)
                found[device] = next;
        }
        return found;
    }
}
