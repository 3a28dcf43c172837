using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>What is asked of the machine beside its files; without one, what only it tells is not known.</summary>
internal sealed record MachineProbes
{
    /// <summary>See <see cref="Virtualization.ReadSignature"/>.</summary>
    public Func<string?> HypervisorSignature { get; init; } = () => null;
    /// <summary>See <see cref="Ethtool.Ask"/>.</summary>
    public Func<string, NicIdentity?> Nic { get; init; } = _ => null;
    /// <summary>smartctl, nvme, lvm and the programs of RAID controllers.</summary>
    public ProgramCall? Programs { get; init; }
    /// <summary>See <see cref="Install.Disks.Wiping.WipeAbilities"/>.</summary>
    public Func<Disk, CancellationToken, Task<Disk>> WipeMethods { get; init; } = (disk, _) => Task.FromResult(disk);
    /// <summary>The management controller; null where there is none.</summary>
    public Func<CancellationToken, Task<Bmc?>> Bmc { get; init; } = _ => Task.FromResult<Bmc?>(null);
    /// <summary>The kernel is macOS: only programs are asked.</summary>
    public bool IsMac { get; init; }
    /// <summary>What was heard of switches so far, by interface.</summary>
    public Func<IReadOnlyDictionary<string, LldpNeighbour>> Neighbours { get; init; } = () => new Dictionary<string, LldpNeighbour>();
}
