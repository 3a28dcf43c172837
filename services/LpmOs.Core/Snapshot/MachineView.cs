using System.Collections.Immutable;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Shells;
using LpmOs.Core.Domain.Tokens;

namespace LpmOs.Core.Snapshot;

/// <summary>All that the store says of one machine, with the revision of the task for compare-and-swap.</summary>
public sealed record MachineView(MachineKey Key)
{
    public RegisteredServer? Server { get; init; }
    /// <summary>The hardware; null: not reported.</summary>
    public StoredInventory? Hardware { get; init; }
    /// <summary>What <see cref="Hardware"/> says; unpacked each time where it is kept packed.</summary>
    public Inventory? Inventory { get => Hardware?.Read(); init => Hardware = value is null ? null : new StoredInventory(value); }
    public long InventoryRevision { get; init; }
    public InstallTask? Task { get; init; }
    /// <summary>ModRevision of the task's key; 0 where there is no task.</summary>
    public long TaskRevision { get; init; }
    public MachineRecord? Record { get; init; }
    /// <summary>ModRevision of the record's key; 0 where there is none.</summary>
    public long RecordRevision { get; init; }
    /// <summary>Which boot speaks for it; null: not known here, as of a machine of which nothing else was known when it was written. Alone it makes no machine.</summary>
    public TokenUse? Token { get; init; }
    /// <summary>The TPM that it is bound to; null: none yet.</summary>
    public TpmBinding? Tpm { get; init; }
    /// <summary>ModRevision of the binding's key; 0 where there is none.</summary>
    public long TpmRevision { get; init; }
    /// <summary>The present or the last rescue shell. Alone it makes no machine.</summary>
    public ShellSession? Shell { get; init; }
    /// <summary>Times of former tasks by their ids; followed by the control plane alone.</summary>
    public ImmutableDictionary<string, TaskTimes> Former { get; init; } = ImmutableDictionary<string, TaskTimes>.Empty;
    /// <summary>The machine's lease is alive: it was in contact within the lease's time.</summary>
    public bool Online { get; init; }
    /// <summary>Last change of any of these keys.</summary>
    public long Revision { get; init; }

    public bool IsEmpty => Server is null && Hardware is null && Task is null && Record is null && Tpm is null && Former.IsEmpty && !Online;

    public bool IsDecommissioned => Record?.Decommissioned is not null;

    /// <summary>Every MAC that this machine is known by.</summary>
    public IEnumerable<string> Macs()
    {
        if (Task is not null)
            yield return Task.Mac;
        if (Server is not null)
            yield return Server.Mac;
        foreach (var mac in Hardware?.Macs ?? [])
            yield return mac;
    }
}
