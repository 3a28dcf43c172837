using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Requests;

namespace LpmOs.Tasks.Access;

/// <summary>Users in the store, each change with its record; what is recorded never holds a hash.</summary>
internal sealed class UserStore(IStateStore store, WatchedState state, TimeProvider time)
{
    private const int MostRounds = 20;

    public UserAccount? Find(string name) => state.Current.Users.GetValueOrDefault(name);

    /// <exception cref="RefusedRequestException">404.</exception>
    public UserAccount Require(string name) => Find(name) ?? throw new RefusedRequestException(StatusCodes.Status404NotFound, "user_not_found", "User not found", $"There is no user '{name}'.");

    /// <summary>Changes a user as the store has them, or makes one.</summary>
    /// <param name="change">From what is there (null: nobody) to what shall be (null: nobody). May refuse by an exception. The same record: nothing is written.</param>
    /// <param name="action">Null: not on record, such as a count of wrong passwords.</param>
    public async Task<UserAccount?> ChangeAsync(string name, Func<UserAccount?, UserAccount?> change, string? action, Actor actor, string? reason, CancellationToken cancellationToken)
    {
        var key = Keys.User(name);
        for (var round = 0; round < MostRounds; round++)
        {
            var entry = await store.GetAsync(key, cancellationToken);
            var before = entry is null ? null : JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.UserAccount);
            var after = change(before);
            if (ReferenceEquals(before, after))
                return after;
            var writes = new List<StoreWrite> { after is null ? StoreWrite.Delete(key) : StoreWrite.Put(key, JsonSerializer.SerializeToUtf8Bytes(after, CoreJson.Default.UserAccount)) };
            if (action is not null)
                writes.Add(AuditTrail.Of(action, "global", null, actor.Name, actor.From, time.GetUtcNow(), Audited(before), Audited(after), reason ?? name));
            var result = await store.CommitAsync(new StoreTransaction { Compares = [new StoreCompare(key, entry?.ModRevision ?? 0)], Writes = writes }, cancellationToken);
            await state.CatchUpAsync(key, result.Revision, cancellationToken);
            if (result.Applied)
                return after;
        }
        throw new StoreUnavailableException($"The user {name} is being changed by too many others at once.", outcomeUnknown: false);
    }

    /// <summary>Notes something that changed no user: a login, a refusal.</summary>
    public async Task RecordAsync(string action, string by, string? from, string? reason, CancellationToken cancellationToken) =>
        await store.CommitAsync(new StoreTransaction { Writes = [AuditTrail.Of(action, "global", null, by, from, time.GetUtcNow(), [], [], reason)] }, cancellationToken);

    private static byte[] Audited(UserAccount? user) => user is null ? [] : JsonSerializer.SerializeToUtf8Bytes(UserAnswer.Of(user), TasksJson.Default.UserAnswer);
}
