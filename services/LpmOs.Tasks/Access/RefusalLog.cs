using LpmOs.Core.Store;

namespace LpmOs.Tasks.Access;

/// <summary>
/// Refusals in the audit. Who repeats one is recorded once a minute, so that nobody fills the store by knocking;
/// what cannot be recorded is refused all the same.
/// </summary>
internal sealed class RefusalLog(UserStore users, TimeProvider time, ILogger<RefusalLog> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private const int Most = 1000;
    private const int LongestReason = 300;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string, string), DateTimeOffset> _noted = [];

    public Task NoteAsync(string who, HttpContext context, string what) =>
        NoteAsync("access.refused", who, context.Connection.RemoteIpAddress?.ToString(), what, context.RequestAborted);

    /// <param name="what">Also what tells one refusal from another.</param>
    public async Task NoteAsync(string action, string who, string? from, string what, CancellationToken cancellationToken)
    {
        if (!IsNew($"{action} {who} {from}", what.Length > LongestReason ? what = what[..LongestReason] : what))
            return;
        Log.Refused(logger, who, from, what);
        try
        {
            await users.RecordAsync(action, who, from, what, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            Log.RefusalNotRecorded(logger, e.Message);
        }
    }

    private bool IsNew(string who, string what)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_noted.TryGetValue((who, what), out var last) && now - last < Pause)
                return false;
            if (_noted.Count >= Most)
            {
                foreach (var old in _noted.Where(entry => now - entry.Value >= Pause).Select(entry => entry.Key).ToList())
                    _noted.Remove(old);
                // All of the last minute: somebody tries everything; the service's log has the first thousand.
                if (_noted.Count >= Most)
                    return false;
            }
            _noted[(who, what)] = now;
            return true;
        }
    }
}
