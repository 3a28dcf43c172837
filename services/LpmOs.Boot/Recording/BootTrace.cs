using System.Globalization;
using System.Net;
using LpmOs.Boot.Scripts;
using LpmOs.Boot.Tftp;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Boots;

namespace LpmOs.Boot.Recording;

/// <summary>What this service sees of a machine's boot, put on its timeline. It never throws and never waits: a boot does not depend on its record.</summary>
internal sealed class BootTrace(BootRecorder recorder, TimeProvider time)
{
    /// <summary>So often the timeline is told that a transfer goes on; less than any phase of a boot may be silent.</summary>
    public static readonly TimeSpan RunningBeat = TimeSpan.FromSeconds(20);

    private readonly MachineAddresses _addresses = new(time);
    private readonly UnclaimedEvents _unclaimed = new(time);
    private readonly ActiveMachines _active = new(time);

    /// <summary>The machine has that address now; what was seen of the address before is its own.</summary>
    public void Learn(string mac, IPAddress address)
    {
        address = Plain(address);
        _addresses.Learn(address, mac);
        foreach (var held in _unclaimed.Claim(address))
            Note(mac, held);
    }

    public bool IsBooting(string mac) => _active.IsBooting(mac);

    public void Note(string mac, BootEvent happened, string? sn = null)
    {
        // What a running system says does not begin a boot: with short leases it would be one for ever.
        if (happened.Program != BootEventNames.RunningSystem)
            _active.Seen(mac);
        recorder.Note(mac, happened, sn);
    }

    /// <param name="hold">Keep it where the machine is not known yet.</param>
    public void Note(IPAddress? address, BootEvent happened, bool hold = true)
    {
        if (address is null)
            return;
        address = Plain(address);
        happened = happened with { Address = address.ToString() };
        if (_addresses.MacOf(address) is { } mac)
            Note(mac, happened);
        else if (hold)
            _unclaimed.Hold(address, happened);
    }

    public void Transfer(TftpTransfer transfer)
    {
        // What GRUB asks for tells who asks.
        if (GrubPath.Parse(transfer.File)?.Mac is { } mac)
            Learn(mac, transfer.Client.Address);
        Note(transfer.Client.Address, Event(transfer));
    }

    private BootEvent Event(TftpTransfer transfer) => new()
    {
        At = transfer.Outcome == TftpOutcome.Running ? time.GetUtcNow() : transfer.StartedAt,
        Source = BootEventNames.Tftp,
        Event = transfer.Outcome switch
        {
            TftpOutcome.Running => BootEventNames.FileRunning,
            TftpOutcome.Done => BootEventNames.TftpDone,
            TftpOutcome.SizeAsked => BootEventNames.TftpSize,
            TftpOutcome.Aborted => BootEventNames.TftpAborted,
            TftpOutcome.Silent => BootEventNames.TftpSilent,
            _ => BootEventNames.TftpRefused,
        },
        File = Short(transfer.File),
        Bytes = transfer.Outcome == TftpOutcome.Refused ? null : transfer.Bytes,
        Size = transfer.Length,
        BlockSize = transfer.BlockSize,
        WindowSize = transfer.WindowSize,
        Retransmissions = transfer.Retransmissions > 0 ? transfer.Retransmissions : null,
        Milliseconds = transfer.Outcome == TftpOutcome.Running ? null : (int)Math.Clamp((time.GetUtcNow() - transfer.StartedAt).TotalMilliseconds, 0, int.MaxValue),
        Success = transfer.Outcome == TftpOutcome.Running ? null : transfer.Outcome is TftpOutcome.Done or TftpOutcome.SizeAsked,
        Reason = transfer.Reason,
    };

    /// <param name="status">Of HTTP; 0: the transfer broke off.</param>
    public void HttpFile(IPAddress? client, string path, DateTimeOffset started, long? bytes, int status)
    {
        var kind = BootFiles.KindOf(path);
        Note(client, new BootEvent
        {
            At = started,
            Source = BootEventNames.Http,
            Event = kind switch
            {
                BootFileKind.Program => BootEventNames.HttpProgram,
                BootFileKind.Kernel => BootEventNames.HttpKernel,
                BootFileKind.Initrd => BootEventNames.HttpInitrd,
                _ => BootEventNames.HttpFile,
            },
            File = Short(path),
            Bytes = bytes,
            Milliseconds = (int)Math.Clamp((time.GetUtcNow() - started).TotalMilliseconds, 0, int.MaxValue),
            Success = status is > 0 and < 400,
            Reason = status switch
            {
                0 => "the machine closed the connection",
                < 400 => null,
                404 => BootEventNames.NoSuchFile,
                _ => string.Create(CultureInfo.InvariantCulture, $"HTTP status {status}"),
            },
        }, hold: kind != BootFileKind.Other);
    }

    /// <summary>A long transfer goes on: nothing else is heard of the machine meanwhile.</summary>
    /// <param name="sent">Bytes, where they are known.</param>
    public void HttpRunning(IPAddress? client, string path, long? sent, long? length) => Note(client, new BootEvent
    {
        At = time.GetUtcNow(), Source = BootEventNames.Http, Event = BootEventNames.FileRunning, File = Short(path), Bytes = sent, Size = length,
    }, hold: BootFiles.KindOf(path) != BootFileKind.Other);

    public void Entry(IPAddress? client) =>
        Note(client, new BootEvent { At = time.GetUtcNow(), Source = BootEventNames.Http, Event = BootEventNames.EntryScript, File = "boot.ipxe" });

    /// <param name="client">Null where it is not known; the MAC will do.</param>
    public void Script(BootRequest request, BootDecision decision, IPAddress? client, string source = BootEventNames.Http)
    {
        var happened = new BootEvent
        {
            At = time.GetUtcNow(),
            Source = source,
            Event = BootEventNames.MachineScript,
            Script = decision.Kind switch { BootKind.Agent => "agent", BootKind.AgentWithTask => "agent_with_task", BootKind.Installer => "installer", _ => "local_disk" },
            AwaitsFirstBoot = decision.Kind == BootKind.LocalDisk && decision.Task?.AwaitingFirstBoot == true ? true : null,
            Reason = decision.Reason,
            TaskId = decision.Task?.TaskId,
            Address = client is null ? null : Plain(client).ToString(),
        };
        if (request.Mac is not { } mac)
        {
            Note(client, happened);
            return;
        }
        if (client is not null)
            Learn(mac, client);
        Note(mac, happened, request.Serial ?? decision.Task?.Sn);
    }

    /// <summary>A rendered file of an installer; the token of its path stays out of the record.</summary>
    /// <param name="refusal">Why it was not sent; null: it was.</param>
    public void InstallerFile(string mac, InstallTask task, string file, string? refusal) => Note(mac, new BootEvent
    {
        At = time.GetUtcNow(), Source = BootEventNames.Http, Event = BootEventNames.HttpFile, File = Short("install/" + file), TaskId = task.TaskId, Success = refusal is null, Reason = refusal,
    }, task.Sn);

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>Text from the network as it may stand in a record: short and printable.</summary>
    internal static string Short(string text) => string.Concat((text.Length <= 128 ? text : text[..128]).Select(c => c is >= ' ' and <= '~' ? c : '?'));
}
