using System.Net;
using System.Text.Json;
using LpmOs.Boot.Dhcp;
using LpmOs.Boot.Recording;
using LpmOs.Boot.Tests.Dhcp;
using LpmOs.Boot.Tftp;
using LpmOs.Core;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using Microsoft.Extensions.Logging.Abstractions;
using static LpmOs.Boot.Tests.Dhcp.Packets;

namespace LpmOs.Boot.Tests.Recording;

public sealed class DhcpTraceTests
{
    private const string Client = "52:54:00:77:00:01";
    private static readonly DhcpArrival Port67 = new(new IPEndPoint(IPAddress.Any, 68), 67);
    private static readonly IPAddress Machine = IPAddress.Parse("10.77.0.100");
    private readonly MemoryStore _store = new();
    private readonly ManualTime _time = new();
    private readonly BootRecorder _recorder;
    private readonly BootTrace _trace;

    public DhcpTraceTests()
    {
        var state = new WatchedState(_store, new WatchedPrefixes([]), _time, NullLogger<WatchedState>.Instance);
        _recorder = new BootRecorder(_store, state, new Site("dc1"), _time, NullLogger<BootRecorder>.Instance);
        _trace = new BootTrace(_recorder, _time);
    }

    private DhcpTrace Trace(bool proxy = false) => new(_trace, Identity().Targets, Server, proxy, _time);

    private async Task<BootRecord?> BootAsync()
    {
        await _recorder.FlushAsync(TestContext.Current.CancellationToken);
        return await _store.GetAsync(Keys.Boot("dc1", Client), default) is { } entry ? JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.BootRecord) : null;
    }

    private static DhcpReply Reply(DhcpPacket request, DhcpMessageType type, IPAddress? address, string file = "snponly.efi") =>
        new(Parse([.. new byte[] { 2, 1, 6, 0 }, .. Raw(type, [])[4..]]) with { YourAddress = address ?? IPAddress.Any, File = file, TransactionId = request.TransactionId }, new IPEndPoint(IPAddress.Broadcast, 68), 548);

    private void Exchange(DhcpTrace trace, DhcpMessageType type, DhcpMessageType? answer, IPAddress? address, params byte[][] options)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        var request = Request(type, options);
        trace.Exchange(request, Port67, answer is { } kind ? Reply(request, kind, address) : null);
    }

    [Fact]
    public async Task A_running_system_with_a_short_lease_does_not_keep_its_boot_going_for_ever()
    {
        var trace = Trace();
        Exchange(trace, DhcpMessageType.Discover, DhcpMessageType.Offer, Machine, Pxe(7));
        for (var minute = 0; minute < 60; minute += 5)
        {
            Exchange(trace, DhcpMessageType.Request, DhcpMessageType.Ack, Machine);
            _time.Advance(TimeSpan.FromMinutes(5));
        }
        var boot = await BootAsync();
        Assert.InRange(boot!.UpdatedAt - boot.StartedAt, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(31));
        Assert.False(_trace.IsBooting(Client));
    }

    [Fact]
    public async Task Requests_answers_and_what_TFTP_sends_to_the_given_address_are_one_timeline()
    {
        var trace = Trace();
        Exchange(trace, DhcpMessageType.Discover, DhcpMessageType.Offer, Machine, Pxe(7));
        Exchange(trace, DhcpMessageType.Request, DhcpMessageType.Ack, Machine, [.. Pxe(7), Option(50, Machine), Option(54, Server)]);
        _trace.Transfer(new TftpTransfer(new IPEndPoint(Machine, 2070), "snponly.efi", TftpOutcome.Done, _time.GetUtcNow()) { Bytes = 1000, Length = 1000, BlockSize = 1468 });
        var boot = await BootAsync();
        Assert.Equal(["dhcp_discover", "dhcp_offer", "dhcp_request", "dhcp_ack", "tftp_done"], boot!.Events.Select(e => e.Event));
        Assert.Equal(("pxe", 7, "PXEClient:Arch:00007:UNDI:003016"), (boot.Events[0].Program, boot.Events[0].Architecture, boot.Events[0].VendorClass));
        Assert.Equal(("10.77.0.100", "snponly.efi"), (boot.Events[3].Address, boot.Events[3].File));
        Assert.All(boot.Events.Take(4), e => Assert.Equal($"0x{Request(DhcpMessageType.Discover).TransactionId:x8}", e.Transaction));
    }

    [Fact]
    public async Task Another_servers_address_is_told_in_full_mode_and_learnt_in_proxy_mode()
    {
        var other = IPAddress.Parse("10.77.0.9");
        Exchange(Trace(), DhcpMessageType.Discover, DhcpMessageType.Offer, Machine, Pxe(0));
        Exchange(Trace(), DhcpMessageType.Request, null, null, [.. Pxe(0), Option(50, Machine), Option(54, other)]);
        var boot = await BootAsync();
        Assert.Equal(("dhcp_other_server", "10.77.0.9"), (boot!.Events[^1].Event, boot.Events[^1].Server));
        Exchange(Trace(proxy: true), DhcpMessageType.Request, null, null, [.. Pxe(0), Option(50, Machine), Option(54, other)]);
        _trace.Transfer(new TftpTransfer(new IPEndPoint(Machine, 2070), "undionly.kpxe", TftpOutcome.Silent, _time.GetUtcNow()));
        boot = await BootAsync();
        Assert.Equal(["dhcp_request", "tftp_silent"], boot!.Events.TakeLast(2).Select(e => e.Event));
    }

    [Fact]
    public async Task A_firmware_that_gets_no_boot_file_is_told_why()
    {
        Exchange(Trace(), DhcpMessageType.Discover, null, null, Pxe(27));
        Assert.Equal("no boot program here for architecture 27", (await BootAsync())!.Events[^1].Reason);
    }

    [Fact]
    public async Task An_iPXE_without_HTTPS_is_told_apart_where_there_is_nothing_else()
    {
        var trace = new DhcpTrace(_trace, new BootTargets("https://10.77.0.1:8443", _ => true), Server, false, _time);
        Exchange(trace, DhcpMessageType.Discover, null, null, [.. Pxe(7), Option(77, "iPXE"), Option(175, 0x13, 1, 1)]);
        var boot = (await BootAsync())!;
        Assert.Equal(("this iPXE cannot speak HTTPS, and the boot service listens by https alone", "https://10.77.0.1:8443/boot.ipxe"), (boot.Events[^1].Reason, boot.Events[^1].File));
        Assert.Equal("ipxe_without_https", BootDiagnosis.Find(BootSigns.Of(boot), boot.UpdatedAt.AddSeconds(10), ended: false, online: null));
    }

    [Fact]
    public async Task A_system_that_renews_its_lease_is_no_boot_but_one_that_has_just_booted_is_part_of_it()
    {
        Exchange(Trace(), DhcpMessageType.Discover, DhcpMessageType.Offer, Machine);
        Assert.Null(await BootAsync());
        Exchange(Trace(), DhcpMessageType.Discover, DhcpMessageType.Offer, Machine, Pxe(0));
        Exchange(Trace(), DhcpMessageType.Discover, DhcpMessageType.Offer, Machine);
        Assert.Equal("system", (await BootAsync())!.Events[^1].Program);
        _time.Advance(TimeSpan.FromHours(1));
        var events = (await BootAsync())!.Events.Count;
        Exchange(Trace(), DhcpMessageType.Request, DhcpMessageType.Ack, Machine);
        Assert.Equal(events, (await BootAsync())!.Events.Count);
    }

    [Fact]
    public async Task What_an_address_did_before_it_told_its_MAC_is_kept_for_it()
    {
        _trace.Transfer(new TftpTransfer(new IPEndPoint(Machine, 2070), "undionly.kpxe", TftpOutcome.Done, _time.GetUtcNow()));
        Assert.Null(await BootAsync());
        _trace.Learn(Client, Machine);
        Assert.Equal("undionly.kpxe", (await BootAsync())!.Events.Single().File);
    }

    [Fact]
    public async Task Text_of_the_network_is_kept_printable_and_short()
    {
        Exchange(Trace(), DhcpMessageType.Discover, null, null, Option(60, "PXEClient\u001b[2J" + new string('x', 200)), Option(93, 0, 0));
        var text = (await BootAsync())!.Events[0].VendorClass!;
        Assert.Equal(128, text.Length);
        Assert.DoesNotContain('\u001b', text);
    }
}
