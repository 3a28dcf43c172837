using LpmOs.Agent.Reporting;
using LpmOs.Agent.Settings;
using LpmOs.Testing;

namespace LpmOs.Agent.Tests.Reporting;

public sealed class LogStreamerTests
{
    private static readonly TaskIdentity Task1 = new("SN-1", Plans.TaskId, 1, 0);
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_line_after_a_quiet_time_goes_at_once_and_those_that_follow_go_together()
    {
        await using var it = await Streaming.StartAsync();
        it.Streamer.Begin(Task1);
        it.Log.Line("first");
        await it.SentAsync();
        it.Log.Line("second");
        it.Log.LineLazily("lazy");
        it.Log.Line("third");
        await it.PassUntilAsync(() => it.Batches.Count >= 2);

        Assert.Equal([["first"], ["second", "lazy", "third"]], it.Batches);
        Assert.Equal([0L, 1L], it.Regional.Logs.Select(batch => batch.FirstLine!.Value));
        Assert.Single(it.Regional.Logs.Select(batch => batch.Run).Distinct());
    }

    [Fact]
    public async Task Lines_that_can_wait_wait_for_one_that_cannot()
    {
        await using var it = await Streaming.StartAsync();
        it.Streamer.Begin(Task1);
        it.Log.Line("first");
        await it.SentAsync();
        for (var percent = 60; percent < 65; percent++)
        {
            it.Log.LineLazily($"{percent}%");
            await it.PassAsync(TimeSpan.FromSeconds(1));
        }
        it.Log.Line("urgent");
        await it.PassUntilAsync(() => it.Batches.Count >= 2);

        Assert.Equal(["60%", "61%", "62%", "63%", "64%", "urgent"], it.Batches[1]);
    }

    [Fact]
    public async Task Lines_that_can_wait_go_alone_when_nothing_else_comes()
    {
        await using var it = await Streaming.StartAsync();
        it.Streamer.Begin(Task1);
        it.Log.LineLazily("60%");
        await it.PassUntilAsync(() => it.Batches.Count >= 1);

        Assert.Equal([["60%"]], it.Batches);
    }

    [Fact]
    public async Task What_is_said_while_the_machine_waits_is_not_the_log_of_the_task_that_is_over()
    {
        await using var it = await Streaming.StartAsync();
        it.Streamer.Begin(Task1);
        it.Log.Line("of the first task");
        it.Streamer.End();
        await it.Streamer.FlushAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
        it.Log.Line("waiting");
        it.Streamer.Begin(Task1 with { TaskId = "task-00000002" });
        await it.PassUntilAsync(() => it.Batches.Count >= 2);

        Assert.Equal([(Plans.TaskId, "of the first task"), ("task-00000002", "waiting")], it.Regional.Logs.Select(batch => (batch.TaskId, string.Join('|', batch.Lines))));
    }

    private sealed class Streaming : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
        private readonly ManualTime _time = new();
        private readonly Task _run;

        private Streaming(FakeRegional regional)
        {
            Regional = regional;
            Streamer = new LogStreamer(new RegionalClient(_http, new AgentSettings { RegionalUrl = regional.Url }, Log, _time), Log, _time);
            _run = Streamer.RunAsync(_stop.Token);
        }

        public FakeRegional Regional { get; }
        public AgentLog Log { get; } = new(TextWriter.Null, false);
        public LogStreamer Streamer { get; }
        public List<string[]> Batches => [.. Regional.Logs.Select(batch => batch.Lines.ToArray())];

        public static async Task<Streaming> StartAsync() => new(await FakeRegional.StartAsync());

        /// <summary>Without any time passing: the streamer has the answer and rests, so that what is said from here on is not sent with what was.</summary>
        public Task SentAsync() => Streamer.FlushAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), Token);

        public async Task PassAsync(TimeSpan time)
        {
            _time.Advance(time);
            await Task.Delay(10, Token);
        }

        public async Task PassUntilAsync(Func<bool> condition)
        {
            while (!condition())
                await PassAsync(TimeSpan.FromMilliseconds(100));
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Regional.DisposeAsync();
            _http.Dispose();
            _stop.Dispose();
        }
    }
}
