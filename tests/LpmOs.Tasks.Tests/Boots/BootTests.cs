using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Boots;

public sealed class BootTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static BootRecord Record(string mac, string? sn, DateTimeOffset at, params (double Second, string Source, string Event, string? File)[] events)
    {
        BootRecord? boot = null;
        foreach (var (second, source, name, file) in events)
        {
            boot = BootTimeline.Add(boot, new BootEvent
            {
                At = at.AddSeconds(second), Source = source, Event = name, File = file, Program = source == "dhcp" ? "pxe" : null, Architecture = source == "dhcp" ? 7 : null,
                Script = name == "machine_script" ? "agent" : null, TaskId = null,
            }, "dc1", mac, sn, out _);
        }
        return boot!;
    }

    private static StoreWrite Put(BootRecord boot, bool former = false) => StoreWrite.Put(
        former ? Keys.FormerBoot(boot.Idc, boot.Mac, boot.BootId) : Keys.Boot(boot.Idc, boot.Mac), JsonSerializer.SerializeToUtf8Bytes(boot, CoreJson.Default.BootRecord));

    private static BootRecord Stalled(string mac, string? sn, DateTimeOffset at) =>
        Record(mac, sn, at, (0, "dhcp", "dhcp_discover", null), (0.1, "dhcp", "dhcp_offer", "ipxe.efi"), (1, "dhcp", "dhcp_request", null), (1.1, "dhcp", "dhcp_ack", "ipxe.efi"), (2, "tftp", "tftp_done", "ipxe.efi"));

    [Fact]
    public async Task A_machine_and_its_task_have_their_boots_with_events_and_diagnosis_in_both_languages()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.CreateAsync(sn, mac);
        var former = Record(mac, sn, Start.AddDays(-1), (0, "http", "entry_script", null), (1, "http", "machine_script", null), (20, "agent", "agent_report", null));
        await tasks.PutAsync(Put(former, former: true), Put(Stalled(mac, sn, DateTimeOffset.Parse("2100-01-01T00:00:00Z")) with { Stall = null, Former = [former.BootId] }));
        var boots = (await tasks.JsonAsync($"/api/v1/machines/dc1/{sn}/boots")).GetProperty("items");
        Assert.Equal([true, false], boots.EnumerateArray().Select(boot => boot.GetProperty("current").GetBoolean()));
        Assert.Equal(("boot_program", "under_way", "UEFI x64"), (boots[0].GetProperty("phase").GetString(), boots[0].GetProperty("outcome").GetString(), boots[0].GetProperty("architecture_name").GetString()));
        Assert.Equal("DHCP offer (pxe) ipxe.efi", boots[0].GetProperty("events")[1].GetProperty("text").GetString());
        Assert.Equal("in_agent", boots[1].GetProperty("outcome").GetString());

        // Only what came after the task was made.
        var own = (await tasks.JsonAsync($"/api/v1/tasks/dc1/{sn}/boots")).GetProperty("items");
        Assert.Equal(1, own.GetArrayLength());

        await tasks.PutAsync(Put(Stalled(mac, sn, Start)));
        var stalled = (await tasks.JsonAsync($"/api/v1/boots/dc1/{mac.Replace(':', '-').ToUpperInvariant()}")).GetProperty("items")[0];
        Assert.Equal("stalled", stalled.GetProperty("outcome").GetString());
        var diagnosis = stalled.GetProperty("diagnosis");
        Assert.Equal("efi_program_silent", diagnosis.GetProperty("code").GetString());
        Assert.Contains("snponly.efi", diagnosis.GetProperty("advice").GetString());
        Assert.Contains("Secure Boot", diagnosis.GetProperty("zh").GetProperty("meaning").GetString());
    }

    [Fact]
    public async Task The_list_is_filtered_and_paged_the_newest_first()
    {
        var macs = Enumerable.Range(0, 5).Select(_ => Samples.Machine().Mac).ToArray();
        foreach (var (mac, index) in macs.Select((mac, index) => (mac, index)))
            await tasks.PutAsync(Put(Stalled(mac, index == 0 ? "LIST-0" : null, Start.AddMinutes(index)) with { Idc = "lst" }));
        await tasks.PutAsync(Put(Record(Samples.Machine().Mac, null, Start, (0, "http", "entry_script", null), (1, "http", "machine_script", null), (20, "agent", "agent_report", null)) with { Idc = "lst" }));
        var all = new List<string?>();
        for (var cursor = ""; cursor is not null;)
        {
            var page = await tasks.JsonAsync($"/api/v1/boots?idc=lst&stalled=true&limit=2{(cursor.Length > 0 ? "&cursor=" + cursor : "")}");
            Assert.Equal(5, page.GetProperty("total").GetInt32());
            all.AddRange(page.GetProperty("items").EnumerateArray().Select(boot => boot.GetProperty("mac").GetString()));
            cursor = page.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
        }
        Assert.Equal(macs.Reverse(), all);
        Assert.Equal(1, (await tasks.JsonAsync("/api/v1/boots?idc=lst&unknown=false")).GetProperty("total").GetInt32());
        Assert.Equal(2, (await tasks.JsonAsync("/api/v1/boots?idc=lst&stalled=true&after=2026-01-01T00:03:00Z")).GetProperty("total").GetInt32());
        Assert.Equal(1, (await tasks.JsonAsync("/api/v1/boots?idc=lst&q=list-0")).GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("/api/v1/boots?stalled=maybe&limit=0&cursor=x&after=yesterday", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/boots/dc1/not-a-mac", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/boots/dc1/52:54:00:99:99:99", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/machines/dc1/nobody/boots", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/tasks/dc1/nobody/boots", HttpStatusCode.NotFound)]
    public async Task What_does_not_exist_or_is_wrong_is_said(string path, HttpStatusCode status) => Assert.Equal(status, (await tasks.GetAsync(path)).StatusCode);

    [Fact]
    public async Task Another_DHCP_server_shows_at_its_IDC()
    {
        var server = new LpmOs.Core.Domain.Sites.ForeignDhcpServer { Server = "10.0.0.9", Mac = "02:00:00:00:00:09", Interface = "eth0", Kind = "addresses", Verdict = "rogue", FirstSeen = Start, LastSeen = Start };
        await tasks.PutAsync(
            StoreWrite.Put("/os/sentinel/settings", "{}"u8.ToArray()),
            StoreWrite.Put(Keys.DhcpServer("sentinel", "10.0.0.9"), JsonSerializer.SerializeToUtf8Bytes(server, CoreJson.Default.ForeignDhcpServer)),
            StoreWrite.Put(Keys.DhcpServer("sentinel", "10.0.0.8"), JsonSerializer.SerializeToUtf8Bytes(server with { Server = "10.0.0.8", Verdict = "expected" }, CoreJson.Default.ForeignDhcpServer)));
        var idc = (await tasks.JsonAsync("/api/v1/idcs")).GetProperty("items").EnumerateArray().Single(site => site.GetProperty("idc").GetString() == "sentinel");
        Assert.Equal("10.0.0.9", idc.GetProperty("rogue_dhcp")[0].GetProperty("server").GetString());
        Assert.Equal("10.0.0.8", idc.GetProperty("other_dhcp")[0].GetProperty("server").GetString());
    }

    [Fact(Timeout = 120_000)]
    public async Task Changes_and_a_stall_by_the_clock_are_told_to_those_who_follow()
    {
        await using var store = TemporaryStore.Embedded();
        var time = new ManualTime();
        await using var service = await RunningTasksService.StartAsync(store.Store, time);
        var (_, mac) = Samples.Machine();
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(service.Address) { Scheme = "ws", Path = "/ws" }.Uri, TestContext.Current.CancellationToken);
        await store.Store.CommitAsync(new StoreTransaction { Writes = [Put(Stalled(mac, null, time.GetUtcNow()))] }, TestContext.Current.CancellationToken);
        var first = await BootEventAsync(socket);
        Assert.Equal((mac, "under_way"), (first.GetProperty("mac").GetString(), first.GetProperty("outcome").GetString()));
        // The watcher looks at its beat; the clock is moved beat by beat until the event has come.
        var told = BootEventAsync(socket);
        while (!told.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(30));
            await Task.WhenAny(told, Task.Delay(50, TestContext.Current.CancellationToken));
        }
        Assert.Equal("efi_program_silent", (await told).GetProperty("diagnosis").GetProperty("code").GetString());
    }

    private static async Task<JsonElement> BootEventAsync(ClientWebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var length = 0;
            WebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(new ArraySegment<byte>(buffer, length, buffer.Length - length), TestContext.Current.CancellationToken);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            var message = JsonDocument.Parse(Encoding.UTF8.GetString(buffer, 0, length)).RootElement;
            if (message.GetProperty("type").GetString() == "boot")
                return message.GetProperty("data");
        }
    }
}
