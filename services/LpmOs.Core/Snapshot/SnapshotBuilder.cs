using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LpmOs.Contracts;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Domain.Profiles;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Store;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Snapshot;

/// <summary>Applies store events to a snapshot. A value that is not ours to read is logged and left out; it never stops the copy.</summary>
internal sealed class SnapshotBuilder(ILogger logger)
{
    private readonly Dictionary<string, long> _revisions = new(StringComparer.Ordinal);
    // Those that hold one entry a machine are built in place, so that a listing of 100,000 costs no 100,000 intermediate copies.
    private readonly ImmutableDictionary<MachineKey, MachineView>.Builder _machines = StateSnapshot.Empty.Machines.ToBuilder();
    private readonly ImmutableDictionary<string, MachineKey>.Builder _tasksById = StateSnapshot.Empty.TasksById.ToBuilder();
    private readonly ImmutableDictionary<(string Idc, string Mac), ImmutableArray<MachineKey>>.Builder _byMac = StateSnapshot.Empty.ByMac.ToBuilder();
    private readonly ImmutableDictionary<(string Idc, string Mac), BootSigns>.Builder _boots = StateSnapshot.Empty.Boots.ToBuilder();
    private StateSnapshot _snapshot = StateSnapshot.Empty;

    /// <summary>What has been applied so far, as an immutable whole; cheap where nothing changed since the last time.</summary>
    public StateSnapshot Snapshot() =>
        _snapshot = _snapshot with { Machines = _machines.ToImmutable(), TasksById = _tasksById.ToImmutable(), ByMac = _byMac.ToImmutable(), Boots = _boots.ToImmutable() };

    /// <summary>Applies one change; a change that is not newer than what the copy has is skipped. Returns the machine that it touched, if any.</summary>
    public MachineKey? Apply(StoreEvent change)
    {
        var parts = change.Key.Split('/');
        // Read from the store when somebody asks; here they would only take space.
        if (parts is ["", "os", _, "logs" or "inventories" or "audit" or "former-boots" or "claims" or "batches" or "batch-owners" or "batch-rows" or "template-versions", ..])
            return null;
        if (_revisions.TryGetValue(change.Key, out var known) && known >= change.ModRevision)
            return null;
        if (change.Value is null)
            _revisions.Remove(change.Key);
        else
            _revisions[change.Key] = change.ModRevision;

        switch (parts)
        {
            case ["", "os", "global", "secrets", "machine-token"]:
                _snapshot = _snapshot with { MachineTokenKey = change.Value?.ToArray() ?? ReadOnlyMemory<byte>.Empty };
                return null;
            case ["", "os", "global", "profiles", var name, var version] when int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number):
                var versions = With(_snapshot.Profiles.GetValueOrDefault(name) ?? ImmutableSortedDictionary<int, InstallProfile>.Empty, number, Read(change, CoreJson.Default.InstallProfile));
                _snapshot = _snapshot with { Profiles = versions.IsEmpty ? _snapshot.Profiles.Remove(name) : _snapshot.Profiles.SetItem(name, versions) };
                return null;
            case ["", "os", _, "defaults"] or ["", "os", "global", "tag-defaults", _] or ["", "os", not "global", "machine-defaults", _]:
                _snapshot = _snapshot with { Defaults = With(_snapshot.Defaults, change.Key, Read(change, CoreJson.Default.ProfileSettings)) };
                return null;
            case ["", "os", var holder, "assets", var escaped]:
                var assets = With(_snapshot.Assets.GetValueOrDefault(holder) ?? ImmutableDictionary<string, SiteAsset>.Empty, Uri.UnescapeDataString(escaped), Read(change, CoreJson.Default.SiteAsset));
                _snapshot = _snapshot with { Assets = assets.IsEmpty ? _snapshot.Assets.Remove(holder) : _snapshot.Assets.SetItem(holder, assets) };
                return null;
            case ["", "os", var where, "templates", var encoded]:
                var site = With(_snapshot.Templates.GetValueOrDefault(where) ?? ImmutableDictionary<string, TemplateOverride>.Empty, Uri.UnescapeDataString(encoded), Read(change, CoreJson.Default.TemplateOverride));
                _snapshot = _snapshot with { Templates = site.IsEmpty ? _snapshot.Templates.Remove(where) : _snapshot.Templates.SetItem(where, site) };
                return null;
            case ["", "os", "global", ..]:
                return null;
            case ["", "os", var idc, "images", var id]:
                var image = Read(change, CoreJson.Default.SiteImage);
                _snapshot = _snapshot with { Images = image is null ? _snapshot.Images.Remove((idc, id)) : _snapshot.Images.SetItem((idc, id), image) };
                return null;
            case ["", "os", var idc, "settings"]:
                var settings = Read(change, CoreJson.Default.SiteSettings);
                _snapshot = _snapshot with { SiteSettings = settings is null ? _snapshot.SiteSettings.Remove(idc) : _snapshot.SiteSettings.SetItem(idc, settings) };
                return null;
            case ["", "os", var idc, "services", var kind, var instance]:
                _snapshot = _snapshot with { Services = With(_snapshot.Services, (idc, kind, instance), Read(change, CoreJson.Default.ServiceInstance)) };
                return null;
            case ["", "os", var idc, "known-services", var kind, var instance]:
                _snapshot = _snapshot with { KnownServices = With(_snapshot.KnownServices, (idc, kind, instance), Read(change, CoreJson.Default.ServiceInstance)) };
                return null;
            case ["", "os", var idc, "dhcp", "servers", var server]:
                _snapshot = _snapshot with { DhcpServers = With(_snapshot.DhcpServers, (idc, server), Read(change, CoreJson.Default.ForeignDhcpServer)) };
                return null;
            case ["", "os", var idc, "boots", var mac]:
                if (Read(change, CoreJson.Default.BootRecord) is { } boot)
                    _boots[(idc, mac)] = BootSigns.Of(boot);
                else
                    _boots.Remove((idc, mac));
                return null;
            case ["", "os", var idc, "servers", var sn]:
                return Update(new MachineKey(idc, sn), change, view => view with { Server = Read(change, CoreJson.Default.RegisteredServer) });
            case ["", "os", var idc, "history", var sn, var taskId]:
                var former = Read(change, ContractsJson.Default.InstallTask);
                return Update(new MachineKey(idc, sn), change, view => view with { Former = With(view.Former, taskId, former is null ? null : TaskTimes.Of(former)) });
            case ["", "os", var idc, "machines", var sn, var leaf]:
                return Update(new MachineKey(idc, sn), change, leaf switch
                {
                    "meta" => view => view with { Inventory = Read(change, ContractsJson.Default.Inventory), InventoryRevision = change.ModRevision },
                    "task" => view => view with { Task = Read(change, ContractsJson.Default.InstallTask), TaskRevision = change.Value is null ? 0 : change.ModRevision },
                    "record" => view => view with { Record = Read(change, CoreJson.Default.MachineRecord), RecordRevision = change.Value is null ? 0 : change.ModRevision },
                    "lease" => view => view with { Online = change.Value is not null },
                    _ => view => view,
                });
            default:
                return null;
        }
    }

    public void Advance(long revision)
    {
        if (revision > _snapshot.Revision)
            _snapshot = _snapshot with { Revision = revision };
    }

    /// <summary>After a fresh listing: what was under the prefix and is no longer listed has been deleted while nobody watched.</summary>
    public IReadOnlyList<StoreEvent> Vanished(string prefix, IReadOnlySet<string> listed, long revision) =>
        [.. _revisions.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && !listed.Contains(key)).Select(key => new StoreEvent(key, null, revision))];

    private MachineKey Update(MachineKey key, StoreEvent change, Func<MachineView, MachineView> edit)
    {
        var before = _machines.GetValueOrDefault(key) ?? new MachineView(key);
        var after = edit(before) with { Revision = change.ModRevision };
        if (after.IsEmpty)
            _machines.Remove(key);
        else
            _machines[key] = after;
        if (before.Task?.TaskId != after.Task?.TaskId)
        {
            if (before.Task is not null)
                _tasksById.Remove(before.Task.TaskId);
            if (after.Task is not null)
                _tasksById[after.Task.TaskId] = key;
        }
        IndexMacs(before, after);
        return key;
    }

    private void IndexMacs(MachineView before, MachineView after)
    {
        // Progress and presence are most changes, and say nothing of MACs.
        if (ReferenceEquals(before.Inventory, after.Inventory) && ReferenceEquals(before.Server, after.Server) && before.Task?.Mac == after.Task?.Mac)
            return;
        var old = before.Macs().ToHashSet();
        var now = after.Macs().ToHashSet();
        foreach (var mac in old.Where(mac => !now.Contains(mac)))
        {
            var key = (before.Key.Idc, mac);
            var left = _byMac.GetValueOrDefault(key, []).Remove(before.Key);
            if (left.IsEmpty)
                _byMac.Remove(key);
            else
                _byMac[key] = left;
        }
        foreach (var mac in now.Where(mac => !old.Contains(mac)))
        {
            var key = (after.Key.Idc, mac);
            _byMac[key] = _byMac.GetValueOrDefault(key, []).Add(after.Key);
        }
    }

    private static ImmutableDictionary<TKey, T> With<TKey, T>(ImmutableDictionary<TKey, T> all, TKey key, T? value) where TKey : notnull where T : class =>
        value is null ? all.Remove(key) : all.SetItem(key, value);

    private static ImmutableSortedDictionary<TKey, T> With<TKey, T>(ImmutableSortedDictionary<TKey, T> all, TKey key, T? value) where TKey : notnull where T : class =>
        value is null ? all.Remove(key) : all.SetItem(key, value);

    private T? Read<T>(StoreEvent change, JsonTypeInfo<T> type) where T : class
    {
        if (change.Value is not { } value)
            return null;
        try
        {
            return JsonSerializer.Deserialize(value.Span, type);
        }
        catch (JsonException e)
        {
            Log.UnreadableValue(logger, change.Key, e.Message);
            return null;
        }
    }
}
