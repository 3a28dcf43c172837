using System.Collections.Concurrent;
using System.Net;
using LpmOs.Boot.Tftp;

namespace LpmOs.Boot.Tests.Tftp;

/// <summary>Transfers on threads that stay for the next one; who hands over waits for nobody.</summary>
public sealed class TftpThreadsTests
{
    private const int Most = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task As_many_run_at_once_as_there_may_be_threads_and_the_others_after_them()
    {
        using var together = new Barrier(Most);
        var (ran, now, highest) = (0, 0, 0);
        var gate = new Lock();
        var threads = new TftpThreads(Most, Run, Refused);
        for (var n = 0; n < 3 * Most; n++)
            threads.Take(Asked(n)); // From one thread, which none of those that run here holds up.
        await threads.CloseAsync().WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal(3 * Most, ran);
        Assert.Equal(Most, highest);

        void Run(TftpArrival asked)
        {
            lock (gate)
                highest = Math.Max(highest, ++now);
            // Passes only when as many as may are here together.
            Assert.True(together.SignalAndWait(Limit));
            lock (gate)
                (now, ran) = (now - 1, ran + 1);
        }
    }

    [Fact]
    public async Task A_thread_that_is_done_takes_the_next()
    {
        const int transfers = 300;
        var used = new ConcurrentDictionary<int, bool>();
        using var done = new SemaphoreSlim(0);
        var threads = new TftpThreads(transfers, _ =>
        {
            used[Environment.CurrentManagedThreadId] = true;
            done.Release();
        }, Refused);
        for (var n = 0; n < transfers; n++)
        {
            threads.Take(Asked(n));
            Assert.True(await done.WaitAsync(Limit, TestContext.Current.CancellationToken));
        }
        await threads.CloseAsync().WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.InRange(used.Count, 1, transfers / 3);
    }

    [Fact]
    public async Task Closing_waits_for_those_that_run_and_where_none_does_for_nobody()
    {
        await new TftpThreads(Most, _ => { }, Refused).CloseAsync().WaitAsync(Limit, TestContext.Current.CancellationToken);

        using var begun = new SemaphoreSlim(0);
        using var go = new ManualResetEventSlim();
        var threads = new TftpThreads(Most, _ =>
        {
            begun.Release();
            Assert.True(go.Wait(Limit));
        }, Refused);
        threads.Take(Asked(0));
        Assert.True(await begun.WaitAsync(Limit, TestContext.Current.CancellationToken));
        var closed = threads.CloseAsync();
        Assert.False(closed.IsCompleted);
        go.Set();
        await closed.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    private static TftpArrival Asked(int n) => new(new TftpRequest(TftpOperation.ReadRequest, "ipxe.efi", false, new Dictionary<string, string>()), new IPEndPoint(IPAddress.Loopback, 1024 + n), default);

    private static void Refused(TftpArrival asked, string why) => Assert.Fail(why);
}
