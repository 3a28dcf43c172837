using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using LpmOs.Boot;
using LpmOs.Boot.Dhcp;
using LpmOs.Boot.Scripts;
using LpmOs.Boot.Tftp;
using LpmOs.Contracts;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace LpmOs.Bench.HotPaths;

/// <summary>
/// What is done for every packet, request, report and change of a fleet, each beside the least that could be done instead: the same answer without deciding it.
/// The pairs are those of tests/allocations.txt; BenchmarkDotNet derives a class from this one, so it cannot be sealed.
/// </summary>
public class HotPath
{
    private const string Mac = "52:54:00:77:00:01", Sn = "SN-0001";
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);
    private static readonly byte[] Secret = new byte[32];

    private readonly ArrayBufferWriter<byte> _output = new(8192);
    private readonly DhcpArrival _arrival = new(new IPEndPoint(IPAddress.Any, 68), 67);
    private readonly ProxyResponder _responder = new(new DhcpIdentity { Address = IPAddress.Parse("10.77.0.1"), Targets = new BootTargets("http://10.77.0.1:8082", _ => false) });
    private readonly byte[] _discover = Discover(), _answer;
    private readonly byte[] _tftp = [0, 1, .. Encoding.ASCII.GetBytes("snponly.efi\0octet\0tsize\00\0blksize\01468\0windowsize\016\0")];
    private readonly BootScripts _scripts;
    private readonly StateSnapshot _unmatched, _approved;
    private readonly string _head, _tail;
    private readonly InstallTask _task;
    private readonly byte[] _taskBytes;
    private readonly SnapshotBuilder _watched = new(NullLogger.Instance);
    private readonly string _token = MachineTokens.Issue(new TokenClaims { Purpose = MachineTokens.AgentPurpose, Idc = "dc1", Sn = Sn, Mac = Mac, Expires = Now.AddDays(1).ToUnixTimeSeconds() }, Secret);
    private readonly byte[] _tokenBytes;
    private long _revision;

    public HotPath()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Templates:Path", (string?)Repository.Templates)]).Build();
        _scripts = new BootScripts(new SiteTemplates(Repository.Templates), OsCatalog.Load(Repository.Templates), BootOptions.Read(settings), new FirmwareQuirks([]), new Site("dc1"), null, TimeProvider.System);
        _unmatched = SnapshotOf(null);
        _approved = SnapshotOf(NewTask(TaskState.Approved));
        Script(_unmatched);
        // The text that was rendered, as a fixed one with one place for what is the machine's own.
        var text = Encoding.UTF8.GetString(_output.WrittenSpan);
        (_head, _tail) = (text[..(text.Length / 2)], text[(text.Length / 2)..]);
        _answer = Answer() ?? throw new InvalidOperationException("The DISCOVER was not answered.");
        var task = NewTask(TaskState.Installing);
        foreach (var step in (string[])["register", "wait", "install_start", "partitioning", "downloading"])
            task = TaskProgress.Record(task, step, 40, "so far", Now);
        _task = task;
        _taskBytes = TaskStore.Serialize(task);
        _tokenBytes = Encoding.ASCII.GetBytes(_token);
    }

    [Benchmark]
    public int BootScriptOfAnUnknownMachine() => Script(_unmatched);

    [Benchmark]
    public int BootScriptOfAnApprovedTask() => Script(_approved);

    [Benchmark]
    public int FixedText()
    {
        _output.ResetWrittenCount();
        return (int)Encoding.UTF8.GetBytes($"{_head}{Mac}{_tail}", _output);
    }

    [Benchmark]
    public byte[]? DhcpAnswer() => Answer();

    [Benchmark]
    public byte[] DhcpCopiedAnswer()
    {
        // A prepared answer with the client's transaction and address (RFC 2131, section 2: xid at 4, chaddr at 28).
        var copy = _answer.AsSpan().ToArray();
        _discover.AsSpan(4, 4).CopyTo(copy.AsSpan(4));
        _discover.AsSpan(28, 16).CopyTo(copy.AsSpan(28));
        return copy;
    }

    [Benchmark]
    public bool TftpRequestParsed() => TftpRequest.TryParse(_tftp, out _);

    [Benchmark]
    public string[] TftpRequestSplit() => Encoding.ASCII.GetString(_tftp.AsSpan(2)).Split('\0');

    [Benchmark]
    public byte[] ProgressRecorded() => TaskStore.Serialize(TaskProgress.Record(_task, "downloading", 61, "123 of 456 MB", Now));

    [Benchmark]
    public byte[] ProgressSerializedAlone() => JsonSerializer.SerializeToUtf8Bytes(_task, ContractsJson.Default.InstallTask);

    [Benchmark]
    public object ChangeFollowed()
    {
        _watched.Apply(new StoreEvent(Keys.Task("dc1", Sn), _taskBytes, ++_revision), out _);
        return _watched.Snapshot(_revision);
    }

    [Benchmark]
    public object? ChangeReadAlone() => JsonSerializer.Deserialize(_taskBytes, ContractsJson.Default.InstallTask);

    [Benchmark]
    public object? TokenVerified() => MachineTokens.Verify(_token, Secret, Now);

    [Benchmark]
    public byte[] TokenHashedAlone() => HMACSHA256.HashData(Secret, _tokenBytes);

    private int Script(StateSnapshot snapshot)
    {
        _output.ResetWrittenCount();
        var request = BootRequest.Create(Mac, Sn, null, "efi", "x86_64", "Acme", "Box", out _)!;
        _scripts.Write(BootDecision.Of(snapshot, "dc1", request), request, snapshot, "http://10.77.0.1:8082", _output);
        return _output.WrittenCount;
    }

    private byte[]? Answer()
    {
        if (!DhcpParser.TryParse(_discover, out var packet, out _))
            return null;
        // The proxy answers from memory: it has answered when it returns.
        var reply = _responder.AnswerAsync(packet, _arrival, CancellationToken.None);
        return reply.IsCompletedSuccessfully && reply.GetAwaiter().GetResult() is { } answer ? DhcpWriter.Write(answer.Packet, 1472) : null;
    }

    private static InstallTask NewTask(TaskState state) => new()
    {
        Idc = "dc1", Sn = Sn, Mac = Mac, OsType = "Debian 12", OsVersion = "12", OsId = "debian", TaskId = "task-0a1b2c3d", Status = state, Attempt = 1, CreatedAt = Now, UpdatedAt = Now,
    };

    private static StateSnapshot SnapshotOf(InstallTask? task)
    {
        var builder = new SnapshotBuilder(NullLogger.Instance);
        builder.Apply(new StoreEvent(Keys.MachineTokenSecret, Secret, 1), out _);
        if (task is not null)
            builder.Apply(new StoreEvent(Keys.Task("dc1", Sn), TaskStore.Serialize(task), 2), out _);
        return builder.Snapshot(2);
    }

    /// <summary>A PXE client's DISCOVER (RFC 2131; options 53, 60, 93, 94, 97, 55 and 57).</summary>
    private static byte[] Discover()
    {
        var head = new byte[240];
        (head[0], head[1], head[2], head[4], head[7]) = (1, 1, 6, 0xde, 1);
        Convert.FromHexString(Mac.Replace(":", "", StringComparison.Ordinal)).CopyTo(head, 28);
        (head[236], head[237], head[238], head[239]) = (0x63, 0x82, 0x53, 0x63);
        var vendor = "PXEClient:Arch:00007:UNDI:003016"u8.ToArray();
        return [.. head, 53, 1, 1, 60, (byte)vendor.Length, .. vendor, 93, 2, 0, 7, 94, 3, 1, 3, 16, 97, 17, .. new byte[17], 55, 6, 1, 3, 43, 54, 60, 66, 57, 2, 5, 0xc0, 255];
    }
}
