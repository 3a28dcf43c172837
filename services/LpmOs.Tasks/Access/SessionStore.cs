using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Audit;
using LpmOs.Tasks.Requests;

namespace LpmOs.Tasks.Access;

/// <summary>Logins in the store.</summary>
internal sealed class SessionStore(IStateStore store, WatchedState state, AuthOptions options, AuditedChange changes, TimeProvider time)
{
    /// <summary>Of one person; the oldest makes room.</summary>
    private const int MostOfOne = 20;
    private const int LongestAgent = 200;
    public const string FromItem = "from";
    public const string AgentItem = "agent";

    /// <returns>The cookie's value; it is not kept.</returns>
    public async Task<string> CreateAsync(string user, IDictionary<string, string?> items, CancellationToken cancellationToken)
    {
        var secret = BearerSecret.New();
        var digest = BearerSecret.Digest(secret);
        var now = time.GetUtcNow();
        var agent = items.TryGetValue(AgentItem, out var said) && !string.IsNullOrEmpty(said) ? string.Concat(said.Where(c => !char.IsControl(c)).Take(LongestAgent)) : null;
        var session = new LoginSession
        {
            Id = BearerSecret.Id(digest), Digest = digest, User = user, CreatedAt = now, ExpiresAt = now + options.SessionLifetime, From = items.TryGetValue(FromItem, out var from) ? from : null, Agent = agent,
        };
        var lease = await store.GrantLeaseAsync(options.SessionLifetime, cancellationToken);
        var tooMany = Of(user).OrderByDescending(other => other.CreatedAt).Skip(MostOfOne - 1).Take(100);
        var result = await store.CommitAsync(new StoreTransaction
        {
            Writes = [StoreWrite.Put(Keys.Session(session.Id), JsonSerializer.SerializeToUtf8Bytes(session, CoreJson.Default.LoginSession), lease), .. tooMany.Select(other => StoreWrite.Delete(Keys.Session(other.Id)))],
        }, cancellationToken);
        await state.CatchUpAsync(Keys.Sessions, result.Revision, cancellationToken);
        return secret;
    }

    public IEnumerable<LoginSession> All => state.Current.Sessions.Values.Where(session => session.ExpiresAt > time.GetUtcNow());

    public IEnumerable<LoginSession> Of(string user) => All.Where(session => session.User == user);

    public LoginSession? Find(string id) => state.Current.Sessions.GetValueOrDefault(id);

    public Task RevokeAsync(LoginSession session, Actor actor, CancellationToken cancellationToken) =>
        changes.PutSecretAsync(Keys.Session(session.Id), null, "session.revoked", actor, $"{session.User}, session {session.Id}", cancellationToken);

    /// <summary>Ends the session whose cookie this is, at a logout.</summary>
    public async Task RemoveShownAsync(string secret, CancellationToken cancellationToken)
    {
        if (BearerSecret.DigestOfShown(secret) is { } digest && Find(BearerSecret.Id(digest)) is { } session && BearerSecret.Same(session.Digest, digest))
        {
            var result = await store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Delete(Keys.Session(session.Id))] }, cancellationToken);
            await state.CatchUpAsync(Keys.Sessions, result.Revision, cancellationToken);
        }
    }
}
