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
internal sealed class SnapshotBuilder
{
    private readonly ILogger _logger;
    private readonly bool _packHardware;
    private readonly Dictionary<string, long> _revisions = new(StringComparer.Ordinal);
    private readonly TextPool _texts = new();
    private readonly ContractsJson _contracts;
    private readonly CoreJson _core;
    // Those that hold one entry a machine are built in place, so that a listing of 100,000 costs no 100,000 intermediate copies.
    private readonly ImmutableDictionary<MachineKey, MachineView>.Builder _machines = StateSnapshot.Empty.Machines.ToBuilder();
    private readonly ImmutableDictionary<string, MachineKey>.Builder _tasksById = StateSnapshot.Empty.TasksById.ToBuilder();
    private readonly ImmutableDictionary<(string Idc, string Mac), ImmutableArray<MachineKey>>.Builder _byMac = StateSnapshot.Empty.ByMac.ToBuilder();
    private readonly ImmutableDictionary<(string Idc, string Mac), BootSigns>.Builder _boots = StateSnapshot.Empty.Boots.ToBuilder();
    private StateSnapshot _snapshot = StateSnapshot.Empty;

    /// <param name="packHardware">See <see cref="WatchedPrefixes.PackHardware"/>.</param>
    public SnapshotBuilder(ILogger logger, bool packHardware = false)
    {
        (_logger, _packHardware) = (logger, packHardware);
        _contracts = new ContractsJson(Pooled(ContractsJson.Default.Options));
        _core = new CoreJson(Pooled(CoreJson.Default.Options));
    }

    /// <summary>What has been applied so far, as an immutable whole; cheap where nothing changed since the last time.</summary>
    public StateSnapshot Snapshot(long revision) =>
        _snapshot = _snapshot with { Revision = revision, Machines = _machines.ToImmutable(), TasksById = _tasksById.ToImmutable(), ByMac = _byMac.ToImmutable(), Boots = _boots.ToImmutable() };

    /// <summary>Applies one change.</summary>
    /// <param name="machine">The machine that it touched, if any.</param>
    /// <returns>False: it is not newer than what the copy has, or not for the copy.</returns>
    public bool Apply(StoreEvent change, out MachineKey? machine)
    {
        machine = null;
        if (_revisions.TryGetValue(change.Key, out var known) && known >= change.ModRevision)
            return false;
        var parts = change.Key.Split('/');
        if (LeftOut(parts) is not null)
            return false;
        if (change.Value is null)
            _revisions.Remove(change.Key);
        else
            _revisions[change.Key] = change.ModRevision;
        machine = Apply(change, parts);
        return true;
    }

    /// <summary>The folder of a key that is read from the store when somebody asks, since here it would only take space; null where the copy has the key.</summary>
    public static string? LeftOut(string key) => LeftOut(key.Split('/'));

    private static string? LeftOut(string[] parts) => parts is ["", "os", var idc, ("logs" or "shells" or "inventories" or "audit" or "audit-chain" or "former-boots" or "claims" or "batches" or "batch-owners" or "batch-rows" or "template-versions" or "asset-copies") and var folder, ..] ? $"/os/{idc}/{folder}/" : null;

    /// <summary>What is read next is taken for newer, whatever its revision; what is known is still there until it is found to have gone.</summary>
    public void ForgetRevisions(string prefix)
    {
        foreach (var key in _revisions.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).ToList())
            _revisions[key] = 0;
    }

    private MachineKey? Apply(StoreEvent change, string[] parts)
    {
        switch (parts)
        {
            case ["", "os", "global", "secrets", "machine-token"]:
                _snapshot = _snapshot with { MachineTokenKey = change.Value?.ToArray() ?? ReadOnlyMemory<byte>.Empty };
                return null;
            case ["", "os", ".access", "users", var user]:
                _snapshot = _snapshot with { Users = With(_snapshot.Users, Uri.UnescapeDataString(user), Read(change, _core.UserAccount)) };
                return null;
            case ["", "os", ".access", "tokens", var tokenId]:
                _snapshot = _snapshot with { ApiTokens = With(_snapshot.ApiTokens, tokenId, Read(change, _core.ApiToken)) };
                return null;
            case ["", "os", ".access", "sessions", var sessionId]:
                _snapshot = _snapshot with { Sessions = With(_snapshot.Sessions, sessionId, Read(change, _core.LoginSession)) };
                return null;
            case ["", "os", ".access", ..]:
                return null;
            case ["", "os", "global", "profiles", var name, var version] when int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number):
                var versions = With(_snapshot.Profiles.GetValueOrDefault(name) ?? ImmutableSortedDictionary<int, InstallProfile>.Empty, number, Read(change, _core.InstallProfile));
                _snapshot = _snapshot with { Profiles = versions.IsEmpty ? _snapshot.Profiles.Remove(name) : _snapshot.Profiles.SetItem(name, versions) };
                return null;
            case ["", "os", _, "defaults"] or ["", "os", "global", "tag-defaults", _] or ["", "os", not "global", "machine-defaults", _]:
                _snapshot = _snapshot with { Defaults = With(_snapshot.Defaults, change.Key, Read(change, _core.ProfileSettings)) };
                return null;
            case ["", "os", var holder, "assets", var escaped]:
                var assets = With(_snapshot.Assets.GetValueOrDefault(holder) ?? ImmutableDictionary<string, SiteAsset>.Empty, Uri.UnescapeDataString(escaped), Read(change, _core.SiteAsset));
                _snapshot = _snapshot with { Assets = assets.IsEmpty ? _snapshot.Assets.Remove(holder) : _snapshot.Assets.SetItem(holder, assets) };
                return null;
            case ["", "os", var where, "templates", var encoded]:
                var site = With(_snapshot.Templates.GetValueOrDefault(where) ?? ImmutableDictionary<string, TemplateOverride>.Empty, Uri.UnescapeDataString(encoded), Read(change, _core.TemplateOverride));
                _snapshot = _snapshot with { Templates = site.IsEmpty ? _snapshot.Templates.Remove(where) : _snapshot.Templates.SetItem(where, site) };
                return null;
            case ["", "os", "global", ..]:
                return null;
            case ["", "os", var idc, "images", var id]:
                var image = Read(change, _core.SiteImage);
                _snapshot = _snapshot with { Images = image is null ? _snapshot.Images.Remove((idc, id)) : _snapshot.Images.SetItem((idc, id), image) };
                return null;
            case ["", "os", var idc, "settings"]:
                var settings = Read(change, _core.SiteSettings);
                _snapshot = _snapshot with { SiteSettings = settings is null ? _snapshot.SiteSettings.Remove(idc) : _snapshot.SiteSettings.SetItem(idc, settings) };
                return null;
            case ["", "os", var idc, "services", var kind, var instance]:
                _snapshot = _snapshot with { Services = With(_snapshot.Services, (idc, kind, instance), Read(change, _core.ServiceInstance)) };
                return null;
            case ["", "os", var idc, "known-services", var kind, var instance]:
                _snapshot = _snapshot with { KnownServices = With(_snapshot.KnownServices, (idc, kind, instance), Read(change, _core.ServiceInstance)) };
                return null;
            case ["", "os", var idc, "dhcp", "servers", var server]:
                _snapshot = _snapshot with { DhcpServers = With(_snapshot.DhcpServers, (idc, server), Read(change, _core.ForeignDhcpServer)) };
                return null;
            case ["", "os", var idc, "boots", var mac]:
                if (Read(change, _core.BootRecord) is { } boot)
                    _boots[(idc, mac)] = BootSigns.Of(boot);
                else
                    _boots.Remove((idc, mac));
                return null;
            case ["", "os", var idc, "servers", var sn]:
                return Update(Key(idc, sn), change, view => view with { Server = Read(change, _core.RegisteredServer) });
            case ["", "os", var idc, "history", var sn, var taskId]:
                var former = Read(change, _contracts.InstallTask);
                return Update(Key(idc, sn), change, view => view with { Former = With(view.Former, taskId, former is null ? null : TaskTimes.Of(former)) });
            case ["", "os", var idc, "machines", var sn, var leaf]:
                return Update(Key(idc, sn), change, leaf switch
                {
                    "meta" => view => view with { Hardware = Hardware(change), InventoryRevision = change.ModRevision },
                    "task" => view => view with { Task = Read(change, _contracts.InstallTask), TaskRevision = change.Value is null ? 0 : change.ModRevision },
                    "record" => view => view with { Record = Read(change, _core.MachineRecord), RecordRevision = change.Value is null ? 0 : change.ModRevision },
                    "shell" => view => view with { Shell = Read(change, _core.ShellSession) },
                    "token" => view => view with { Token = Read(change, _core.TokenUse) },
                    "tpm" => view => view with { Tpm = Read(change, _core.TpmBinding), TpmRevision = change.Value is null ? 0 : change.ModRevision },
                    "lease" => view => view with { Online = change.Value is not null },
                    _ => view => view,
                });
            default:
                return null;
        }
    }

    /// <summary>After a fresh listing: what was under the prefix and is no longer listed has been deleted while nobody watched.</summary>
    public IReadOnlyList<StoreEvent> Vanished(string prefix, IReadOnlySet<string> listed, long revision) =>
        [.. _revisions.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && !listed.Contains(key)).Select(key => new StoreEvent(key, null, revision))];

    private StoredInventory? Hardware(StoreEvent change) =>
        Read(change, _contracts.Inventory) is not { } inventory ? null : _packHardware ? new StoredInventory(inventory, change.Value!.Value.Span) : new StoredInventory(inventory);

    private MachineKey Key(string idc, string sn) => new(_texts.Get(idc), _texts.Get(sn));

    private JsonSerializerOptions Pooled(JsonSerializerOptions options) => new(options) { Converters = { new TextPool.Converter(_texts) } };

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
        if (ReferenceEquals(before.Hardware, after.Hardware) && ReferenceEquals(before.Server, after.Server) && before.Task?.Mac == after.Task?.Mac)
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
            Log.UnreadableValue(_logger, change.Key, e.Message);
            return null;
        }
    }
}
