namespace LpmOs.Agent.Discovery;

/// <summary>File system, RAID or volume member found on a block device.</summary>
internal sealed record BlockSignature(string? Type, string? Label, string? Uuid);

/// <summary>Asks <c>blkid</c> (util-linux) what is on devices, past any cache.</summary>
internal sealed class SignatureProber(ProgramRunner programs)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>Two signatures or more that deny each other: an ext4 over what was a btrfs.</summary>
    public const string Ambivalent = "ambivalent";

    /// <summary>Exit codes of blkid(8): nothing known was found there; it is several things at once.</summary>
    private const int Nothing = 2, Several = 8;

    /// <summary>What was found, by device; devices without a signature are not in it.</summary>
    /// <exception cref="IOException">What is there cannot be told: the program is missing, failed or did not end in time.</exception>
    public async Task<IReadOnlyDictionary<string, BlockSignature>> ProbeAsync(IReadOnlyList<string> devices, CancellationToken cancellationToken)
    {
        try
        {
            var all = await AskAsync(devices, cancellationToken).ConfigureAwait(false);
            if (all.ExitCode == 0)
                return Parse(all.Output);
            // It stops at the first device that it cannot answer for: each by itself.
            var found = new Dictionary<string, BlockSignature>();
            foreach (var device in devices)
            {
                var one = await AskAsync([device], cancellationToken).ConfigureAwait(false);
                if (one.ExitCode == Several)
                    found[device] = new(Ambivalent, null, null);
                else if (one.ExitCode == 0 && Parse(one.Output).Values.FirstOrDefault() is { } signature)
                    found[device] = signature;
                else if (one.ExitCode is not (0 or Nothing))
                    throw new IOException($"blkid ended with code {one.ExitCode} at {device}: {one.Errors}");
            }
            return found;
        }
        catch (ProgramException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private Task<ProgramResult> AskAsync(IReadOnlyList<string> devices, CancellationToken cancellationToken) =>
        programs.RunAsync("blkid", ["-p", "-o", "export", .. devices], new() { TimeLimit = Longest, Quiet = true, AnyExitCode = true }, cancellationToken);

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
