using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LpmOs.Core.Tests.Guard;

/// <summary>What is done for every report, every change and every request of a fleet stays as lean as it is.</summary>
public sealed class AllocationTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);

    [Fact]
    public void A_report_of_progress()
    {
        var task = Samples.Task();
        foreach (var step in (string[])["register", "wait", "install_start", "partitioning", "downloading"])
            task = TaskProgress.Record(task, step, 40, "so far", Now);
        Check("progress-record-and-serialize", () => TaskStore.Serialize(TaskProgress.Record(task, "downloading", 61, "123 of 456 MB", Now)));
    }

    [Fact]
    public void A_change_that_the_watch_brings()
    {
        var builder = new SnapshotBuilder(NullLogger.Instance);
        var value = TaskStore.Serialize(Samples.Task());
        long revision = 0;
        var key = Keys.Task("dc1", Samples.Task().Sn);
        Check("snapshot-of-a-changed-task", () =>
        {
            builder.Apply(new StoreEvent(key, value, ++revision), out _);
            _ = builder.Snapshot(revision);
        });
    }

    [Fact]
    public void A_machines_token()
    {
        var secret = new byte[32];
        var token = MachineTokens.Issue(new TokenClaims { Purpose = MachineTokens.AgentPurpose, Idc = "dc1", Sn = "SN-0001", Mac = "52:54:00:77:00:01", Expires = Now.AddDays(1).ToUnixTimeSeconds() }, secret);
        Check("token-verify", () => MachineTokens.Verify(token, secret, Now));
    }

    private static void Check(string path, Action call)
    {
        var bytes = AllocationTable.Measure(call);
        Assert.True(AllocationTable.WhyTooMuch(path, bytes) is not { } why, AllocationTable.WhyTooMuch(path, bytes));
    }
}
