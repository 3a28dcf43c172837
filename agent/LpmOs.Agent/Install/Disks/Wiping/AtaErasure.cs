using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Disks.Wiping;

/// <summary>The ATA security feature set (ACS-4, 4.18) through hdparm(8).</summary>
internal sealed class AtaErasure(ProgramCall call)
{
    private const string Password = "lpmos";
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);
    private static readonly TimeSpan LongestQuestion = TimeSpan.FromSeconds(10);

    /// <summary>Of <see cref="WipeMethods"/>; none where the disk's security is locked, frozen by the firmware, or not there.</summary>
    public async Task<IReadOnlyList<string>> MethodsAsync(string device, CancellationToken cancellationToken)
    {
        try
        {
            return Parse((await call("hdparm", ["-I", device], new() { Quiet = true, TimeLimit = LongestQuestion }, cancellationToken).ConfigureAwait(false)).Output);
        }
        catch (ProgramException)
        {
            return [];
        }
    }

    /// <summary>The block "Security:" of <c>hdparm -I</c>, whose lines begin with "not" where something is not so.</summary>
    public static IReadOnlyList<string> Parse(string output)
    {
        var lines = output.Split('\n').Select(line => string.Join(' ', line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))).SkipWhile(line => line != "Security:").Skip(1).ToList();
        if (!lines.Contains("supported") || lines.Contains("frozen") || lines.Contains("locked") || lines.Contains("enabled"))
            return [];
        return lines.Contains("supported: enhanced erase") ? [WipeMethods.AtaEnhancedSecureErase, WipeMethods.AtaSecureErase] : [WipeMethods.AtaSecureErase];
    }

    /// <exception cref="ProgramException">The disk refused or failed.</exception>
    public async Task EraseAsync(string device, bool enhanced, CancellationToken cancellationToken)
    {
        try
        {
            // Inside: one that was given up may have reached the disk.
            await call("hdparm", ["--user-master", "u", "--security-set-pass", Password, device], new() { Quiet = true }, cancellationToken).ConfigureAwait(false);
            // The erase takes the password away again.
            await call("hdparm", ["--user-master", "u", enhanced ? "--security-erase-enhanced" : "--security-erase", Password, device], new() { Quiet = true, TimeLimit = Longest }, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ProgramException or OperationCanceledException)
        {
            await UnlockAsync(device).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>With the password left on it, the disk would be locked after the next loss of power.</summary>
    private async Task UnlockAsync(string device)
    {
        try
        {
            await call("hdparm", ["--user-master", "u", "--security-disable", Password, device], new() { Quiet = true, TimeLimit = LongestQuestion }, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ProgramException)
        {
            // The disk refuses, or erases still: what the erase said is what is told.
        }
    }
}
