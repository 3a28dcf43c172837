using System.Text;
using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace LpmOs.Core.Tests.Snapshot;

public sealed class SnapshotBuilderTests
{
    private readonly SnapshotBuilder _builder = new(NullLogger.Instance);
    private long _revision;

    private StateSnapshot State => _builder.Snapshot(_revision);

    private void Task(InstallTask task) => Put(Keys.Task(task.Idc, task.Sn), JsonSerializer.SerializeToUtf8Bytes(task, ContractsJson.Default.InstallTask));

    private void Hardware(string sn, string mac) =>
        Put(Keys.Meta("dc1", sn), JsonSerializer.SerializeToUtf8Bytes(Samples.Hardware(sn, mac), ContractsJson.Default.Inventory));

    private void Put(string key, byte[]? value) => _builder.Apply(new StoreEvent(key, value is null ? default(ReadOnlyMemory<byte>?) : value, ++_revision), out _);

    [Fact]
    public void The_serial_number_wins_over_the_mac()
    {
        Task(Samples.Task("sn-a", "task-0000000a", "52:54:00:00:00:0a"));
        Task(Samples.Task("sn-b", "task-0000000b", "52:54:00:00:00:0b"));
        Assert.Equal("task-0000000a", State.FindTask("dc1", "sn-a", ["52:54:00:00:00:0b"])?.Task?.TaskId);
        Assert.Equal("task-0000000b", State.FindTask("dc1", "unknown", ["52:54:00:00:00:0b"])?.Task?.TaskId);
        Assert.Null(State.FindTask("dc2", "sn-a", ["52:54:00:00:00:0a"]));
    }

    [Fact]
    public void A_task_that_is_over_gives_way_to_one_that_is_not()
    {
        Task(Samples.Task("sn-a", "task-0000000a") with { Status = TaskState.Completed });
        Assert.Equal("task-0000000a", State.FindTask("dc1", "sn-a", [Samples.Mac])?.Task?.TaskId);
        Task(Samples.Task("sn-b", "task-0000000b"));
        Assert.Equal("task-0000000b", State.FindTask("dc1", "sn-a", [Samples.Mac])?.Task?.TaskId);
    }

    [Fact]
    public void Hardware_is_linked_through_its_mac()
    {
        Task(Samples.Task("typed-sn"));
        Hardware("real-sn", Samples.Mac);
        Assert.Equal("real-sn", State.FindHardware(State.Machine("dc1", "typed-sn")!.Task!)!.Inventory!.SerialNumber);
        Hardware("real-sn", "52:54:00:00:00:99");
        Assert.Null(State.FindHardware(State.Machine("dc1", "typed-sn")!.Task!));
        Assert.Equal(["typed-sn"], State.WithMac("dc1", Samples.Mac).Select(machine => machine.Key.Sn));
    }

    [Fact]
    public void Packed_hardware_says_what_was_reported()
    {
        var packing = new SnapshotBuilder(NullLogger.Instance, packHardware: true);
        var large = Samples.Hardware("sn-001", Samples.Mac) with
        {
            Nics = [.. Enumerable.Range(0, 200).Select(n => new Nic { Name = $"eth{n}", Mac = $"52:54:01:00:00:{n:x2}", Driver = "ice" })], Warnings = ["温度 太高", .. Enumerable.Range(0, 500).Select(n => $"warning {n}")],
        };
        var json = JsonSerializer.SerializeToUtf8Bytes(large, ContractsJson.Default.Inventory);
        packing.Apply(new StoreEvent(Keys.Meta("dc1", "sn-001"), json, 1), out _);
        packing.Apply(new StoreEvent(Keys.Meta("dc1", "sn-002"), "{\"serial_number\":7"u8.ToArray(), 2), out _);
        var state = packing.Snapshot(2);
        var machine = state.Machine("dc1", "sn-001")!;
        Assert.Equal(json, JsonSerializer.SerializeToUtf8Bytes(machine.Inventory!, ContractsJson.Default.Inventory));
        Assert.Equal(large.Nics.Select(nic => nic.Mac).Append(Samples.Mac).Order(), machine.Macs().Order());
        Assert.Equal("sn-001", Assert.Single(state.WithMac("dc1", "52:54:01:00:00:c7")).Key.Sn);
        Assert.Null(state.Machine("dc1", "sn-002")?.Inventory);

        packing.Apply(new StoreEvent(Keys.Meta("dc1", "sn-001"), null, 3), out _);
        Assert.Null(packing.Snapshot(3).Machine("dc1", "sn-001"));
        Assert.Empty(packing.Snapshot(3).ByMac);
    }

    [Fact]
    public void Presence_follows_the_lease_key()
    {
        Hardware("sn-001", Samples.Mac);
        Put(Keys.Lease("dc1", "sn-001"), "{}"u8.ToArray());
        Assert.True(State.Machine("dc1", "sn-001")!.Online);
        Put(Keys.Lease("dc1", "sn-001"), null);
        Assert.False(State.Machine("dc1", "sn-001")!.Online);
    }

    [Fact]
    public void A_machine_with_nothing_left_is_forgotten()
    {
        Task(Samples.Task());
        Put(Keys.Task("dc1", "sn-001"), null);
        Assert.Empty(State.Machines);
        Assert.Empty(State.TasksById);
        Assert.Empty(State.ByMac);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("{\"sn\":null}")]
    [InlineData("[]")]
    public void Values_that_are_not_ours_are_left_out(string value)
    {
        foreach (var leaf in (string[])["meta", "task", "unknown"])
            Put($"/os/dc1/machines/sn-x/{leaf}", Encoding.UTF8.GetBytes(value));
        Put("/os/dc1/servers/sn-x", Encoding.UTF8.GetBytes(value));
        Put("/os/dc1/images/x", Encoding.UTF8.GetBytes(value));
        Put("/os/", Encoding.UTF8.GetBytes(value));
        Assert.Null(State.Machine("dc1", "sn-x")?.Task);
        Assert.Empty(State.Images);
    }

    [Fact]
    public void An_older_event_does_not_undo_a_newer_one()
    {
        Task(Samples.Task());
        var stale = JsonSerializer.SerializeToUtf8Bytes(Samples.Task() with { Status = TaskState.Failed }, ContractsJson.Default.InstallTask);
        Assert.False(_builder.Apply(new StoreEvent(Keys.Task("dc1", "sn-001"), stale, 1), out _));
        Assert.Equal(TaskState.Pending, State.Machine("dc1", "sn-001")!.Task!.Status);
    }

    [Fact]
    public void What_vanished_while_nobody_watched_is_found()
    {
        Task(Samples.Task("sn-a", "task-0000000a"));
        Task(Samples.Task("sn-b", "task-0000000b"));
        foreach (var gone in _builder.Vanished("/os/dc1/", new HashSet<string> { Keys.Task("dc1", "sn-a") }, 100))
            _builder.Apply(gone, out _);
        Assert.Equal([new MachineKey("dc1", "sn-a")], State.Machines.Keys);
    }
}
