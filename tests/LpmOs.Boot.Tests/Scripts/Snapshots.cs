using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Contracts;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Tokens;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using Microsoft.Extensions.Logging.Abstractions;
using System.Text.Json;

namespace LpmOs.Boot.Tests.Scripts;

/// <summary>A watched copy that followed a store with these values: the way the service gets it.</summary>
internal static class Snapshots
{
    public const string Sn = "SN-0001", Mac = "52:54:00:77:00:01", SecondMac = "52:54:00:77:00:02", TaskId = "task-0a1b2c3d";

    public static InstallTask Task(TaskState state, bool awaitingFirstBoot = false, string sn = Sn, string mac = Mac) => new()
    {
        Idc = "dc1", Sn = sn, Mac = mac, OsType = "Debian 12 `$(x)` ${net0/ip} || shell", OsVersion = "12", TaskId = TaskId, Status = state, AwaitingFirstBoot = awaitingFirstBoot, Attempt = 2,
    };

    public static Inventory Hardware(string sn = Sn, string mac = Mac, params string[] more) =>
        new() { SerialNumber = sn, MacAddress = mac, Nics = [.. more.Prepend(mac).Select((m, i) => new Nic { Name = $"eth{i}", Mac = m })] };

    public static async Task<StateSnapshot> Of(InstallTask? task, Inventory? hardware = null, (string Sn, MachineRecord Record)? record = null, (string Sn, TpmBinding Tpm)? tpm = null)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var store = new Dhcp.MemoryStore();
        await Put(store, Keys.MachineTokenSecret, new byte[32]);
        if (task is not null)
            await Put(store, Keys.Task("dc1", task.Sn), JsonSerializer.SerializeToUtf8Bytes(task, ContractsJson.Default.InstallTask));
        if (hardware is not null)
            await Put(store, Keys.Meta("dc1", hardware.SerialNumber), JsonSerializer.SerializeToUtf8Bytes(hardware, ContractsJson.Default.Inventory));
        if (record is { } said)
            await Put(store, Keys.Record("dc1", said.Sn), JsonSerializer.SerializeToUtf8Bytes(said.Record, Core.CoreJson.Default.MachineRecord));
        if (tpm is { } bound)
            await Put(store, Keys.Tpm("dc1", bound.Sn), JsonSerializer.SerializeToUtf8Bytes(bound.Tpm, Core.CoreJson.Default.TpmBinding));
        using var state = new WatchedState(store, new WatchedPrefixes(["/os/"]), TimeProvider.System, NullLogger<WatchedState>.Instance);
        await state.StartAsync(cancellation);
        await state.Ready.WaitAsync(cancellation);
        var snapshot = state.Current;
        await state.StopAsync(cancellation);
        return snapshot;
    }

    private static async Task<CommitResult> Put(Dhcp.MemoryStore store, string key, byte[] value) =>
        await store.CommitAsync(StoreTransaction.PutIf(key, 0, value), TestContext.Current.CancellationToken);
}
