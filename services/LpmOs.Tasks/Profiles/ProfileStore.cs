using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Domain.Profiles;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Audit;
using LpmOs.Tasks.Requests;

namespace LpmOs.Tasks.Profiles;

/// <summary>Writes versions of profiles, each once and for good, and what is inherited.</summary>
internal sealed class ProfileStore(IStateStore store, WatchedState state, AuditedChange changes, TimeProvider time)
{
    private const int MostProfiles = 1_000;
    private const int MostVersions = 1_000;
    private const int MostDefaults = 10_000;
    private const int MostRounds = 20;

    /// <summary>The next version; or the newest one where nothing in it is different.</summary>
    /// <exception cref="RefusedRequestException">409: somebody made a newer version than the one that was edited, or there are too many.</exception>
    public async Task<InstallProfile> AddAsync(string name, string? description, ProfileSettings settings, int? baseVersion, Actor actor, CancellationToken cancellationToken)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var newest = state.Current.Profile(name);
            if (baseVersion is { } edited && edited != (newest?.Version ?? 0))
                throw new RefusedRequestException(StatusCodes.Status409Conflict, "profile_changed", "The profile has a newer version",
                    $"{name} is at version {newest?.Version ?? 0}, not {edited}. Look at it and send your change on top of it.");
            if (newest is null && state.Current.Profiles.Count >= MostProfiles || newest?.Version >= MostVersions)
                throw new RefusedRequestException(StatusCodes.Status409Conflict, "too_many_profiles", "There are too many profiles", $"At most {MostProfiles} profiles of {MostVersions} versions each are kept; give it another name, or use one that is there.");
            var next = new InstallProfile
            {
                Name = name, Version = (newest?.Version ?? 0) + 1, Description = description, CreatedAt = time.GetUtcNow(), CreatedBy = actor.Name,
                OsType = settings.OsType, OsVersion = settings.OsVersion, Network = settings.Network, DiskLayout = settings.DiskLayout, Packages = settings.Packages, SshKeys = settings.SshKeys,
                Tags = settings.Tags, Priority = settings.Priority, InstallMethod = settings.InstallMethod, Variables = settings.Variables, Scripts = settings.Scripts,
                Users = settings.Users, Timezone = settings.Timezone, Locale = settings.Locale, Keyboard = settings.Keyboard, KernelArguments = settings.KernelArguments,
            };
            if (newest is not null && Json(next with { Version = newest.Version, CreatedAt = newest.CreatedAt, CreatedBy = newest.CreatedBy }).AsSpan().SequenceEqual(Json(newest)))
                return newest;
            var key = Keys.Profile(name, next.Version);
            var put = StoreTransaction.PutIf(key, 0, Json(next));
            var audit = AuditTrail.Of(newest is null ? "profile.created" : "profile.changed", "global", null, actor.Name, actor.From, time.GetUtcNow(), newest is null ? [] : Json(newest), Json(next));
            var result = await store.CommitAsync(put with { Writes = [.. put.Writes, audit] }, cancellationToken);
            await state.CatchUpAsync(key, result.Revision, cancellationToken);
            if (result.Applied)
                return next;
        }
        throw new StoreUnavailableException($"The profile {name} is being changed by too many others at once.", outcomeUnknown: false);
    }

    /// <summary>Replaces what is inherited from <paramref name="key"/>; settings that say nothing take it away.</summary>
    public async Task PutDefaultsAsync(string key, string idc, string? sn, ProfileSettings settings, Actor actor, CancellationToken cancellationToken)
    {
        var before = state.Current.Defaults.GetValueOrDefault(key);
        if (before is null && state.Current.Defaults.Count >= MostDefaults && key.Contains("/tag-defaults/", StringComparison.Ordinal))
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "too_many_defaults", "There are too many defaults", $"At most {MostDefaults} are kept; take some away by replacing them with {{}}.");
        var value = settings == new ProfileSettings() ? null : JsonSerializer.SerializeToUtf8Bytes(settings, CoreJson.Default.ProfileSettings);
        await changes.PutAsync(key, value, "defaults.changed", idc, sn, actor, key, cancellationToken);
    }

    private static byte[] Json(InstallProfile profile) => JsonSerializer.SerializeToUtf8Bytes(profile, CoreJson.Default.InstallProfile);
}
