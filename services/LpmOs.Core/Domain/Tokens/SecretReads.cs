using System.Collections.Concurrent;
using System.Net;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Hosting;
using LpmOs.Core.Store;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Domain.Tokens;

/// <summary>Puts on record that a machine was given secrets of its task: once for each attempt and way, since agents and installers ask again. A site that is cut off gives them all the same.</summary>
public sealed class SecretReads(IStateStore store, Site site, TimeProvider time, ILogger<SecretReads> logger)
{
    private const int MostRemembered = 20_000;

    private readonly ConcurrentDictionary<(string TaskId, int Attempt, string Way, bool Disks), bool> _noted = [];

    /// <param name="way">In what they were, for example the name of an installer's file.</param>
    /// <param name="disks">The passphrase of the disks was among them.</param>
    public async Task NoteAsync(InstallTask task, string way, bool disks, IPAddress? from, CancellationToken cancellationToken)
    {
        var names = way == OperationNames.NetworkConfig ? [] : task.Users?.Where(user => user.PasswordHash is not null).Select(user => user.Name).ToList() ?? [];
        if ((names.Count == 0 && !disks) || !_noted.TryAdd((task.TaskId, task.Attempt, way, disks), true))
            return;
        if (_noted.Count > MostRemembered)
            _noted.Clear();
        try
        {
            await store.CommitAsync(new StoreTransaction
            {
                Writes = [AuditTrail.Of("secret.given", site.Idc, task.MachineSn ?? task.Sn, "agent", AddressText.Of(from), time.GetUtcNow(), [], [], $"{string.Join(" and ", ((string?[])[names.Count > 0 ? $"Password hashes of {string.Join(", ", names)}" : null, disks ? "the passphrase of the disks" : null]).OfType<string>())}, with {way}; {task.TaskId}, attempt {task.Attempt}.")],
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Also where who asked has gone: what is given next is put on record then.
            _noted.TryRemove((task.TaskId, task.Attempt, way, disks), out _);
            if (e is not StoreUnavailableException)
                throw;
            Log.SecretReadNotWritten(logger, site.Idc, task.TaskId, e.Message);
        }
    }
}
