using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Audit;
using LpmOs.Tasks.Requests;

namespace LpmOs.Tasks.Access;

/// <summary>API tokens in the store.</summary>
internal sealed class TokenStore(WatchedState state, AuditedChange changes, TimeProvider time)
{
    private const string Prefix = "lpmos_";
    private const int MostOfOne = 50;

    public IEnumerable<ApiToken> All => state.Current.ApiTokens.Values;

    public IEnumerable<ApiToken> Of(string user) => All.Where(token => token.User == user);

    public ApiToken? Find(string id) => state.Current.ApiTokens.GetValueOrDefault(id);

    /// <returns>The record, and the token itself, which is not kept.</returns>
    /// <exception cref="RefusedRequestException">409: the user has too many.</exception>
    public async Task<(ApiToken Token, string Secret)> CreateAsync(string user, string description, IReadOnlyList<RoleGrant>? roles, DateTimeOffset expires, Actor actor, CancellationToken cancellationToken)
    {
        if (Of(user).Count(token => token.ExpiresAt is null || token.ExpiresAt > time.GetUtcNow()) >= MostOfOne)
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "too_many_tokens", "Too many tokens", $"{user} has {MostOfOne} tokens; revoke some that are not used.");
        var secret = BearerSecret.New(Prefix);
        var digest = BearerSecret.Digest(secret);
        var token = new ApiToken
        {
            Id = BearerSecret.Id(digest), Digest = digest, User = user, Description = description, Roles = roles, CreatedAt = time.GetUtcNow(), CreatedBy = actor.Name, ExpiresAt = expires,
        };
        await WriteAsync(token, "token.created", actor, cancellationToken);
        return (token, secret);
    }

    public Task WriteAsync(ApiToken token, string action, Actor actor, CancellationToken cancellationToken) => changes.PutSecretAsync(
        Keys.ApiToken(token.Id), JsonSerializer.SerializeToUtf8Bytes(token, CoreJson.Default.ApiToken), action, actor, $"{token.User}, token {token.Id}: {token.Description}", cancellationToken);

    public Task RevokeAsync(ApiToken token, Actor actor, CancellationToken cancellationToken) =>
        changes.PutSecretAsync(Keys.ApiToken(token.Id), null, "token.revoked", actor, $"{token.User}, token {token.Id}: {token.Description}", cancellationToken);
}
