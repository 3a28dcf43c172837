using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace LpmOs.Core.Tests.Snapshot;

public sealed class MachineSignalsTests
{
    private readonly SnapshotBuilder _builder = new(NullLogger.Instance, packHardware: true);
    private readonly MachineSignals _signals = new();
    private long _revision;

    [Fact]
    public void Wakes_who_waits_for_the_machine_and_nobody_else()
    {
        using var first = _signals.Register("dc1", "sn-001");
        using var second = _signals.Register("dc1", "sn-001");
        var gone = _signals.Register("dc1", "sn-001");
        using var third = _signals.Register("dc1", "sn-001");
        using var other = _signals.Register("dc1", "sn-002");
        using var elsewhere = _signals.Register("dc2", "sn-001");
        gone.Dispose();
        Task("sn-001", "52:54:00:00:00:01");
        Assert.All([first, second, third], waiter => Assert.True(waiter.Changed.IsCompleted));
        Assert.All([gone, other, elsewhere], waiter => Assert.False(waiter.Changed.IsCompleted));
    }

    [Fact]
    public void A_task_under_another_serial_number_wakes_the_hardware_that_has_its_mac()
    {
        Hardware("real-sn", "52:54:00:00:00:07");
        Hardware("stranger", "52:54:00:00:00:08");
        using var waiter = _signals.Register("dc1", "real-sn");
        using var stranger = _signals.Register("dc1", "stranger");
        Task("typed-sn", "52:54:00:00:00:07");
        Assert.True(waiter.Changed.IsCompleted);
        Assert.False(stranger.Changed.IsCompleted);

        // What takes the task away from it is told too.
        using var again = _signals.Register("dc1", "real-sn");
        Task("typed-sn", "52:54:00:00:00:08");
        Assert.True(again.Changed.IsCompleted);
        Assert.True(stranger.Changed.IsCompleted);
    }

    [Fact]
    public void Who_has_been_woken_and_went_leaves_nothing_behind()
    {
        for (var round = 0; round < 3; round++)
        {
            using var waiter = _signals.Register("dc1", "sn-001");
            Assert.False(waiter.Changed.IsCompleted);
            Task("sn-001", "52:54:00:00:00:01");
            Assert.True(waiter.Changed.IsCompleted);
        }
    }

    private void Task(string sn, string mac) => Put(Keys.Task("dc1", sn), JsonSerializer.SerializeToUtf8Bytes(Samples.Task(sn, $"task-{_revision:x8}", mac), ContractsJson.Default.InstallTask));

    private void Hardware(string sn, string mac) => Put(Keys.Meta("dc1", sn), JsonSerializer.SerializeToUtf8Bytes(Samples.Hardware(sn, mac), ContractsJson.Default.Inventory));

    private void Put(string key, byte[] value)
    {
        var before = _builder.Snapshot(_revision);
        _builder.Apply(new StoreEvent(key, value, ++_revision), out var touched);
        _signals.Raise(before, _builder.Snapshot(_revision), new HashSet<MachineKey> { touched!.Value });
    }
}
