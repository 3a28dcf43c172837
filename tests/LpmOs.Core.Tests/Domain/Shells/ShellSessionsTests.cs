using LpmOs.Core.Domain.Shells;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LpmOs.Core.Tests.Domain.Shells;

public sealed class ShellSessionsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_that_was_opened_is_said_to_be_although_old_transcripts_cannot_be_looked_for()
    {
        await using var temporary = TemporaryStore.Embedded();
        var looked = false;
        var store = new FaultyStore(temporary.Store)
        {
            BeforeList = prefix =>
            {
                looked |= prefix == Keys.Shells("dc1", "SN-1");
                return prefix == Keys.Shells("dc1", "SN-1") ? throw new StoreUnavailableException("The test lets no listing through.", outcomeUnknown: false) : Task.CompletedTask;
            },
        };
        using var state = new WatchedState(store, new WatchedPrefixes(["/os/"]), TimeProvider.System, NullLogger<WatchedState>.Instance);
        await state.StartAsync(Cancellation);
        await state.Ready.WaitAsync(Cancellation);
        var sessions = new ShellSessions(store, state, TimeProvider.System);

        var (opened, session) = await sessions.OpenAsync("dc1", "SN-1", "alice", null, null, TimeSpan.FromMinutes(15), Cancellation);
        Assert.True(looked && opened);
        Assert.Equal(session, await sessions.FindAsync("dc1", "SN-1", session.Id, Cancellation));
        await state.StopAsync(Cancellation);
    }
}
