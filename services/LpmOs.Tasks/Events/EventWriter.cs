using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LpmOs.Contracts;
using LpmOs.Contracts.Tasks;
using LpmOs.Core;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Domain.Tokens;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Boots;
using LpmOs.Tasks.Lists;
using LpmOs.Tasks.Machines;

namespace LpmOs.Tasks.Events;

/// <summary>Turns changes of the store into messages. Keys that clients have no business with (secrets, logs, history) give none.</summary>
internal static class EventWriter
{
    /// <summary>A longer one is not kept for the next message on the thread.</summary>
    private const int Longest = 64 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _spare;

    /// <summary>
    /// The messages of some changes in order. Every message says up to which revision its reader has now seen everything: where one revision gives several messages,
    /// only the last of them says that revision, so that a connection which ends between two of them loses nothing.
    /// </summary>
    /// <param name="changes">Whole revisions, in order.</param>
    /// <param name="snapshot">The copy after the changes, or a later one.</param>
    public static IEnumerable<FleetEvent> Write(IEnumerable<StoreEvent> changes, StateSnapshot snapshot)
    {
        StoreEvent? held = null;
        foreach (var change in changes.Where(IsTold))
        {
            if (held is not null)
                yield return Write(held, snapshot, held.ModRevision == change.ModRevision ? held.ModRevision - 1 : held.ModRevision);
            held = change;
        }
        if (held is not null)
            yield return Write(held, snapshot, held.ModRevision);
    }

    private static bool IsTold(StoreEvent change) => change.Key.Split('/') switch
    {
        ["", "os", "global", "stats", _] or ["", "os", not "global", "dhcp", "servers", _] => true,
        ["", "os", not "global", "machines", _, "task" or "meta" or "record" or "lease" or "tpm"] or ["", "os", not "global", "servers" or "boots", _] => true,
        // Written at each boot, and of interest where a second address showed the token.
        ["", "os", not "global", "machines", _, "token"] => Alert(change) is not null,
        _ => false,
    };

    private static SecurityAlert? Alert(StoreEvent change) => change.Value is not { } value ? null : change.Key.EndsWith("/token", StringComparison.Ordinal)
        ? SecurityAlert.Of(Read(value, CoreJson.Default.TokenUse)) : SecurityAlert.Of(Read(value, CoreJson.Default.TpmBinding));

    private static FleetEvent Write(StoreEvent change, StateSnapshot snapshot, long seen) => change.Key.Split('/') switch
    {
        ["", "os", "global", "stats", var idc] => Message("stats", idc, null, change.ModRevision, seen, json => WriteStats(json, change)),
        ["", "os", var idc, "machines", var sn, "task"] => Message("task", idc, sn, change.ModRevision, seen, json => WriteTask(json, change)),
        ["", "os", var idc, "machines", var sn, "tpm" or "token"] when Alert(change) is { } alert => Message("alert", idc, sn, change.ModRevision, seen, json => WriteAlert(json, alert)),
        ["", "os", var idc, "dhcp", ..] => Message("dhcp_server", idc, null, change.ModRevision, seen, json => WriteServer(json, change)),
        ["", "os", var idc, "boots", var mac] => Boot(idc, mac, change, snapshot, seen),
        ["", "os", var idc, _, var sn, ..] => Message("machine", idc, sn, change.ModRevision, seen, json => WriteMachine(json, idc, sn, snapshot)),
        _ => throw new ArgumentException($"{change.Key} gives no message.", nameof(change)),
    };

    private static FleetEvent Message(string type, string idc, string? sn, long revision, long seen, Action<Utf8JsonWriter> writeData)
    {
        var buffer = _spare ?? new ArrayBufferWriter<byte>(4096);
        _spare = null;
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteString("idc", idc);
            if (sn is not null)
                json.WriteString("sn", sn);
            json.WriteNumber("revision", seen);
            writeData(json);
            json.WriteEndObject();
        }
        var message = new FleetEvent(idc, revision, seen, buffer.WrittenSpan.ToArray());
        buffer.ResetWrittenCount();
        if (buffer.Capacity <= Longest)
            _spare = buffer;
        return message;
    }

    /// <summary>A boot of a machine that nobody knows has no serial number. What the copy has read of it is not read again: there are hundreds a second.</summary>
    private static FleetEvent Boot(string idc, string mac, StoreEvent change, StateSnapshot snapshot, long seen)
    {
        var signs = change.Value is null ? null : snapshot.Boots.GetValueOrDefault((idc, mac));
        return Message("boot", idc, signs?.Sn, change.ModRevision, seen, json =>
        {
            if (signs is null)
                return;
            json.WritePropertyName("data");
            JsonSerializer.Serialize(json, BootViews.Summary(idc, signs, current: true, BootDiagnosis.IsDone(signs) ? null : signs.Stall, now: null), TasksJson.Default.BootSummary);
        });
    }

    private static void WriteMachine(Utf8JsonWriter json, string idc, string sn, StateSnapshot snapshot)
    {
        if (snapshot.Machine(idc, sn) is not { } machine)
            return;
        json.WritePropertyName("data");
        JsonSerializer.Serialize(json, MachineFacts.Summary(snapshot, machine), TasksJson.Default.MachineSummary);
    }

    private static void WriteTask(Utf8JsonWriter json, StoreEvent change)
    {
        if (change.Value is not { } value || Read(value, ContractsJson.Default.InstallTask) is not { } task)
            return;
        json.WritePropertyName("data");
        JsonSerializer.Serialize(json, TaskLists.Brief(task), ContractsJson.Default.InstallTask);
    }

    private static void WriteAlert(Utf8JsonWriter json, SecurityAlert alert)
    {
        json.WritePropertyName("data");
        JsonSerializer.Serialize(json, alert, CoreJson.Default.SecurityAlert);
    }

    private static void WriteServer(Utf8JsonWriter json, StoreEvent change)
    {
        if (change.Value is not { } value || Read(value, CoreJson.Default.ForeignDhcpServer) is not { } server)
            return;
        json.WritePropertyName("data");
        JsonSerializer.Serialize(json, server, CoreJson.Default.ForeignDhcpServer);
    }

    private static void WriteStats(Utf8JsonWriter json, StoreEvent change)
    {
        if (change.Value is not { } value || Read(value, CoreJson.Default.SiteStats) is not { } stats)
            return;
        json.WritePropertyName("data");
        JsonSerializer.Serialize(json, stats, CoreJson.Default.SiteStats);
    }

    // A value that is not ours to read gives a message without data; it must not end the events of all.
    private static T? Read<T>(ReadOnlyMemory<byte> value, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(value.Span, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
