using LpmOs.Contracts.Agents;

namespace LpmOs.Agent.Install;

/// <summary>What comes with a plan and does not stand in it: secrets, and what may change without a new approval.</summary>
internal sealed record InstallOrder
{
    /// <summary>What the new system calls once it is up.</summary>
    public FirstBootCall? FirstBoot { get; init; }
    /// <summary>User name to password hash, for crypt(3).</summary>
    public IReadOnlyDictionary<string, string> PasswordHashes { get; init; } = new Dictionary<string, string>();
    /// <summary>Opens the encrypted parts; null where there are none.</summary>
    public string? DiskPassphrase { get; init; }
    /// <summary>The image is fetched no faster; null: as fast as it goes. Megabits (10^6) a second.</summary>
    public int? DownloadMbps { get; init; }

    public static InstallOrder Of(NextOperation operation) => new() { FirstBoot = operation.FirstBoot, PasswordHashes = operation.PasswordHashes ?? new Dictionary<string, string>(), DiskPassphrase = operation.DiskPassphrase, DownloadMbps = operation.DownloadMbps };
}
