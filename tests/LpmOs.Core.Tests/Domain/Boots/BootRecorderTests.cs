using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using static LpmOs.Core.Tests.Domain.Boots.Boots;

namespace LpmOs.Core.Tests.Domain.Boots;

public sealed class BootRecorderTests : IAsyncDisposable
{
    private const string Mac = Samples.Mac;
    private readonly TemporaryStore _store = TemporaryStore.Embedded();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private BootRecorder Recorder(IStateStore? store = null, TimeProvider? time = null)
    {
        store ??= _store.Store;
        var state = new WatchedState(store, new WatchedPrefixes([]), TimeProvider.System, NullLogger<WatchedState>.Instance);
        return new BootRecorder(store, state, new Site("dc1"), time ?? TimeProvider.System, NullLogger<BootRecorder>.Instance);
    }

    private async Task<BootRecord> StoredAsync(string mac = Mac) =>
        JsonSerializer.Deserialize((await _store.Store.GetAsync(Keys.Boot("dc1", mac), Cancellation))!.Value.Span, CoreJson.Default.BootRecord)!;

    private async Task<StorePage> FormerAsync() => await _store.Store.ListAsync(Keys.FormerBoots("dc1", Mac), null, 100, 0, Cancellation);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_whole_boot_noted_at_once_is_one_write()
    {
        var recorder = Recorder();
        var before = (await FormerAsync()).Revision;
        foreach (var happened in ToAgent(0))
            recorder.Note(Mac, happened, "sn-001");
        await recorder.FlushAsync(Cancellation);
        Assert.Equal(before + 1, (await FormerAsync()).Revision);
        var boot = await StoredAsync();
        Assert.Equal((ToAgent(0).Count(), "sn-001"), (boot.Events.Count, boot.Sn));
    }

    [Fact]
    public async Task Two_services_write_one_timeline()
    {
        var (boot, regional) = (Recorder(), Recorder());
        foreach (var happened in ToAgent(0))
        {
            var recorder = happened.Source == "agent" ? regional : boot;
            recorder.Note(Mac, happened, happened.Source == "agent" ? "sn-001" : null);
            await recorder.FlushAsync(Cancellation);
        }
        boot.Note(Mac, Http(30, "http_file", "images/debian.tar.zst"));
        await boot.FlushAsync(Cancellation);
        var stored = await StoredAsync();
        Assert.Equal(ToAgent(0).Count() + 1, stored.Events.Count);
        Assert.Equal(("sn-001", "task-00000001"), (stored.Sn, stored.TaskId));
    }

    [Fact]
    public async Task Former_boots_are_kept_apart_and_the_oldest_go()
    {
        var recorder = Recorder();
        for (var i = 0; i < 15; i++)
        {
            foreach (var happened in ToAgent(i * 100))
                recorder.Note(Mac, happened);
            await recorder.FlushAsync(Cancellation);
        }
        var former = await FormerAsync();
        Assert.Equal((await StoredAsync()).Former.Order(), former.Entries.Select(entry => entry.Key.Split('/')[^1]));
        Assert.Equal(BootRecord.Kept - 1, former.Entries.Count);
    }

    [Fact]
    public async Task Events_wait_for_a_store_that_is_away()
    {
        var faulty = new FaultyStore(_store.Store) { CommitsFail = _ => true };
        var recorder = Recorder(faulty);
        foreach (var happened in ToAgent(0))
            recorder.Note(Mac, happened);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => recorder.FlushAsync(Cancellation));
        recorder.Note(Mac, Agent(30, "agent_operation", "os_install"));
        faulty.CommitsFail = _ => false;
        await recorder.FlushAsync(Cancellation);
        Assert.Equal(ToAgent(0).Count() + 1, (await StoredAsync()).Events.Count);
    }

    [Fact]
    public async Task It_writes_by_itself_and_what_is_left_when_it_stops()
    {
        var recorder = Recorder();
        await recorder.StartAsync(Cancellation);
        foreach (var happened in Address(0))
            recorder.Note(Mac, happened);
        await foreach (var batch in _store.Store.WatchAsync(Keys.Boots("dc1"), 1, Cancellation))
            if (batch.Events.Count > 0)
                break;
        recorder.Note(Mac, Tftp(1, "ipxe.efi"));
        await recorder.StopAsync(Cancellation);
        Assert.Equal("ipxe.efi", (await StoredAsync()).Events[^1].File);
    }

    [Fact]
    public async Task A_flood_of_made_up_machines_is_bounded_and_forgotten_first()
    {
        var recorder = Recorder();
        for (var i = 0; i < 9000; i++)
            recorder.Note($"02:00:00:00:{i >> 8:x2}:{i & 255:x2}", Dhcp(i, "dhcp_discover"));
        await recorder.FlushAsync(Cancellation);
        recorder.Note(Mac, Dhcp(-1000, "dhcp_discover"), "sn-001");
        await recorder.FlushAsync(Cancellation);
        Assert.Equal(8193, recorder.NewMachines);

        var time = new ManualTime();
        // Serial numbers can be made up like MACs: what counts is that the site knows a machine of that MAC.
        for (var i = 0; i < 50; i++)
            recorder.Note($"02:00:00:01:00:{i:x2}", Dhcp(i, "dhcp_discover"), $"made-up-{i}");
        await recorder.FlushAsync(Cancellation);
        await _store.Store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(Keys.Meta("dc1", "sn-001"), JsonSerializer.SerializeToUtf8Bytes(Samples.Hardware("sn-001", Mac), ContractsJson.Default.Inventory))] }, Cancellation);
        using var state = new WatchedState(_store.Store, new WatchedPrefixes(["/os/"]), TimeProvider.System, NullLogger<WatchedState>.Instance);
        await state.StartAsync(Cancellation);
        await state.Ready.WaitAsync(Cancellation);
        using var retention = new BootRetention(_store.Store, state, recorder, new Site("dc1"), time, NullLogger<BootRetention>.Instance);
        Assert.Equal(8142, await retention.ForgetAsync(mostMachines: 1000, mostUnknown: 100, Cancellation));
        var left = await _store.Store.ListAsync(Keys.Boots("dc1"), null, 1000, 0, Cancellation);
        Assert.Equal(101, left.Entries.Count);
        Assert.Equal("sn-001", (await StoredAsync()).Sn);
        time.Advance(BootRetention.Kept + TimeSpan.FromHours(3));
        Assert.Equal(101, await retention.ForgetAsync(1000, 100, Cancellation));
    }
}
