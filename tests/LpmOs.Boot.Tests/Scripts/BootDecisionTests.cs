using LpmOs.Boot.Scripts;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;

namespace LpmOs.Boot.Tests.Scripts;

public sealed class BootDecisionTests
{
    private static BootRequest Request(string? mac, string? serial) => BootRequest.Create(mac, serial, null, null, null, null, null, out _)!;

    [Theory]
    [InlineData(TaskState.Pending, false, BootKind.Agent)]
    [InlineData(TaskState.Failed, false, BootKind.Agent)]
    [InlineData(TaskState.Approved, false, BootKind.AgentWithTask)]
    [InlineData(TaskState.Installing, false, BootKind.AgentWithTask)]
    [InlineData(TaskState.Installing, true, BootKind.LocalDisk)]
    [InlineData(TaskState.Completed, false, BootKind.LocalDisk)]
    [InlineData(TaskState.Rejected, false, BootKind.LocalDisk)]
    [InlineData(TaskState.Cancelled, false, BootKind.LocalDisk)]
    internal async Task Each_state_has_its_answer_by_serial_and_by_mac(TaskState state, bool awaitingFirstBoot, BootKind kind)
    {
        var snapshot = await Snapshots.Of(Snapshots.Task(state, awaitingFirstBoot));
        Assert.Equal(kind, BootDecision.Of(snapshot, "dc1", Request(null, Snapshots.Sn)).Kind);
        Assert.Equal(kind, BootDecision.Of(snapshot, "dc1", Request(Snapshots.Mac, null)).Kind);
        Assert.Equal(kind, BootDecision.Of(snapshot, "dc1", Request(Snapshots.Mac, "another, made up by the vendor")).Kind);
        Assert.Equal(BootKind.Agent, BootDecision.Of(snapshot, "dc2", Request(Snapshots.Mac, Snapshots.Sn)).Kind);
    }

    [Fact]
    public async Task An_unknown_machine_boots_the_agent()
    {
        var decision = BootDecision.Of(await Snapshots.Of(null), "dc1", Request(Snapshots.Mac, Snapshots.Sn));
        Assert.Equal(BootKind.Agent, decision.Kind);
        Assert.Null(decision.Task);
    }

    [Theory]
    [InlineData(TaskState.Approved, BootKind.AgentWithTask)]
    [InlineData(TaskState.Completed, BootKind.LocalDisk)]
    internal async Task Booting_from_its_second_interface_it_is_the_same_machine(TaskState state, BootKind kind)
    {
        var snapshot = await Snapshots.Of(Snapshots.Task(state), Snapshots.Hardware(more: Snapshots.SecondMac));
        Assert.Equal(kind, BootDecision.Of(snapshot, "dc1", Request(Snapshots.SecondMac, null)).Kind);
        Assert.Equal(kind, BootDecision.Of(snapshot, "dc1", Request(Snapshots.SecondMac, "To Be Filled By O.E.M.")).Kind);
    }

    [Theory]
    [InlineData(TaskState.Approved, BootKind.AgentWithTask)]
    [InlineData(TaskState.Completed, BootKind.LocalDisk)]
    internal async Task A_task_linked_by_mac_holds_for_the_second_interface_too(TaskState state, BootKind kind)
    {
        var snapshot = await Snapshots.Of(Snapshots.Task(state, sn: "ticket-77"), Snapshots.Hardware(more: Snapshots.SecondMac));
        Assert.Equal(kind, BootDecision.Of(snapshot, "dc1", Request(Snapshots.SecondMac, Snapshots.Sn)).Kind);
    }

    [Theory]
    [InlineData(TaskState.Approved)]
    [InlineData(TaskState.Installing)]
    internal async Task A_task_under_another_name_goes_to_the_machine_that_was_approved_and_not_to_who_has_that_name_or_MAC(TaskState state)
    {
        var task = Snapshots.Task(state, sn: "ticket-77") with { MachineSn = Snapshots.Sn, Approval = new Approval { By = "a", At = DateTimeOffset.UnixEpoch, PlanHash = "aa" } };
        var snapshot = await Snapshots.Of(task, Snapshots.Hardware(more: Snapshots.SecondMac));
        foreach (var request in (BootRequest[])[Request(Snapshots.Mac, Snapshots.Sn), Request(Snapshots.SecondMac, Snapshots.Sn), Request(Snapshots.Mac, null)])
            Assert.Equal(BootKind.AgentWithTask, BootDecision.Of(snapshot, "dc1", request).Kind);
        foreach (var request in (BootRequest[])[Request("52:54:00:99:00:01", "ticket-77"), Request(Snapshots.Mac, "ticket-77"), Request(Snapshots.Mac, "SN-OTHER")])
            Assert.Equal((BootKind.Agent, "the task was approved for another machine"), BootDecision.Of(snapshot, "dc1", request) is var other ? (other.Kind, other.Reason) : default);
    }

    [Fact]
    public async Task A_card_that_moved_to_another_server_does_not_take_the_task_along()
    {
        var snapshot = await Snapshots.Of(Snapshots.Task(TaskState.Approved), Snapshots.Hardware(more: Snapshots.SecondMac));
        Assert.Equal(BootKind.Agent, BootDecision.Of(snapshot, "dc1", Request(Snapshots.SecondMac, "SN-OTHER")).Kind);
    }

    [Theory]
    [InlineData(TaskState.Pending)]
    [InlineData(TaskState.Approved)]
    [InlineData(TaskState.Installing)]
    [InlineData(TaskState.Failed)]
    [InlineData(null)]
    internal async Task A_decommissioned_machine_boots_its_disk_whatever_its_task_says(TaskState? state)
    {
        var record = (Snapshots.Sn, new MachineRecord { Decommissioned = new Decommission { At = DateTimeOffset.UnixEpoch, By = "a" } });
        var snapshot = await Snapshots.Of(state is { } s ? Snapshots.Task(s) : null, Snapshots.Hardware(more: Snapshots.SecondMac), record);
        foreach (var request in (BootRequest[])[Request(null, Snapshots.Sn), Request(Snapshots.Mac, Snapshots.Sn), Request(Snapshots.Mac, null), Request(Snapshots.SecondMac, null)])
            Assert.Equal(BootKind.LocalDisk, BootDecision.Of(snapshot, "dc1", request).Kind);
        // Its card in another server says nothing of that server.
        Assert.Equal(BootKind.Agent, BootDecision.Of(snapshot, "dc1", Request(Snapshots.SecondMac, "SN-OTHER")).Kind);
    }

    [Fact]
    internal async Task A_machine_that_only_has_notes_is_not_decommissioned() =>
        Assert.Equal(BootKind.AgentWithTask, BootDecision.Of(await Snapshots.Of(Snapshots.Task(TaskState.Approved), null, (Snapshots.Sn, new MachineRecord { Notes = "x" })), "dc1", Request(Snapshots.Mac, Snapshots.Sn)).Kind);
}
