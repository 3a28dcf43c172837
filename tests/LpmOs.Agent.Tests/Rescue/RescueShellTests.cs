using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using LpmOs.Agent.Reporting;
using LpmOs.Agent.Rescue;
using LpmOs.Agent.Settings;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LpmOs.Agent.Tests.Rescue;

/// <summary>Real shells beside the calls of an agent that works: what is shown is read from the WebSocket, what is delivered by what the service was sent.</summary>
public sealed class RescueShellTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 180_000)]
    public async Task A_second_shell_comes_while_progress_is_reported_and_progress_and_the_log_go_on()
    {
        await using var it = await Working.StartAsync();
        it.Progress.Step(ProgressSteps.WaitTask, "Waiting for a task");
        Assert.Equal("exit code 0", await it.ShellAsync("session-1", () => it.Progress.Step(ProgressSteps.WaitTask, "Waiting for a task")));

        it.Begin();
        it.Progress.Report(ProgressSteps.Downloading, 60, "60");
        await it.UntilAsync(() => it.Regional.Progress.Any(report => report.Percent == 60) && !it.Regional.Logs.IsEmpty);
        for (var number = 2; number <= 4; number++)
        {
            var percent = 60 + number;
            Assert.Equal("exit code 0", await it.ShellAsync($"session-{number}", () => it.Progress.Report(ProgressSteps.Downloading, percent, "while it is asked for")));
            var logs = it.Regional.Logs.Count;
            it.Progress.Report(ProgressSteps.Downloading, 70 + number, "after it");
            it.Log.Line("A line after it");
            await it.UntilAsync(() => it.Regional.Progress.Any(report => report.Percent == 70 + number) && it.Regional.Logs.Count > logs);
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task What_a_program_shows_bit_by_bit_comes_whole_and_in_few_messages()
    {
        await using var it = await Working.StartAsync();
        // Each dot is a write of its own, some hundred turns of a loop after the one before.
        it.Typed = "i=0; while [ $i -lt 600 ]; do printf .; j=0; while [ $j -lt 400 ]; do j=$((j+1)); done; i=$((i+1)); done\n";
        Assert.Equal("exit code 0", await it.ShellAsync("session-1", () => it.Progress.Step(ProgressSteps.WaitTask, "Waiting for a task")));
        Assert.Contains(new string('.', 600), it.Shown, StringComparison.Ordinal);
        Assert.InRange(it.Messages, 1, 300);
    }

    /// <summary>The agent's calls, all at once, and a service that asks for a shell with each of its answers until the agent has come.</summary>
    private sealed class Working : IAsyncDisposable
    {
        private static readonly TaskIdentity Task1 = new("SN-1", Plans.TaskId, 1, 0);
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        private readonly SocketsHttpHandler _handler = new() { UseProxy = false };
        private readonly StringWriter _console = new();
        private readonly ConcurrentQueue<string> _shown = new();
        private readonly HttpClient _http;
        private readonly RegionalClient _client;
        private readonly RescueShell _shell;
        private readonly LogStreamer _logs;
        private readonly List<Task> _running = [];
        private volatile string? _asked;
        private TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private Working(FakeRegional regional)
        {
            Regional = regional;
            var settings = new AgentSettings { RegionalUrl = regional.Url, InBootImage = true };
            Log = new AgentLog(TextWriter.Synchronized(_console), dryRun: false);
            _http = new HttpClient(_handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
            _client = new RegionalClient(_http, settings, Log, TimeProvider.System);
            _shell = new RescueShell(settings, new HttpMessageInvoker(_handler, disposeHandler: false), () => null, Log) { Sn = "SN-1" };
            _client.ShellAsked = _shell.Ask;
            Progress = new ProgressReporter(_client, Log, TimeProvider.System, dryRun: false);
            Progress.Identify("SN-1");
            _logs = new LogStreamer(_client, Log, TimeProvider.System);
        }

        public FakeRegional Regional { get; }
        public AgentLog Log { get; }
        public ProgressReporter Progress { get; }
        /// <summary>What is typed in each shell before the line that ends it.</summary>
        public string Typed { get; set; } = "";
        public string Shown => string.Concat(_shown);
        /// <summary>In how many messages all that was shown came.</summary>
        public int Messages { get; private set; }

        public static async Task<Working> StartAsync()
        {
            var it = new Working(await FakeRegional.StartAsync());
            it.Regional.Misbehave = it.AnswerAsync;
            it.Regional.Held = async _ =>
            {
                await it._held.Task.WaitAsync(it._stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return Directives.Continue;
            };
            it._running.AddRange([it.Progress.RunAsync(it._stop.Token), it._logs.RunAsync(it._stop.Token)]);
            return it;
        }

        public void Begin()
        {
            Progress.Begin(Task1);
            _logs.Begin(Task1);
            _running.Add(new DirectiveWatch(_client, Progress, TimeProvider.System).RunAsync(Task1, _stop.Token));
        }

        /// <summary>A shell in which something is typed that ends it.</summary>
        /// <returns>How the agent says that it ended.</returns>
        public async Task<string> ShellAsync(string session, Action report)
        {
            _asked = session;
            Interlocked.Exchange(ref _held, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
            report();
            await UntilAsync(() => _shown.Any(shown => shown.Contains($"{session}-42", StringComparison.Ordinal)));
            const string Ended = "The shell that was opened through the service has ended (";
            var number = int.Parse(session.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture);
            await UntilAsync(() => Lines().Count(line => line.StartsWith(Ended, StringComparison.Ordinal)) >= number);
            return Lines().Last(line => line.StartsWith(Ended, StringComparison.Ordinal))[Ended.Length..^2];
        }

        public async Task UntilAsync(Func<bool> holds)
        {
            for (var looks = 0; !holds(); looks++)
            {
                Assert.True(looks < 1200, $"{_console}\n{string.Join('\n', _running.Select(task => task.Exception?.ToString() ?? task.Status.ToString()))}\nshown: {string.Join('|', _shown)}");
                await Task.Delay(50, Cancellation);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            foreach (var task in _running)
                await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _shell.DisposeAsync();
            Progress.Dispose();
            await Regional.DisposeAsync();
            _http.Dispose();
            _handler.Dispose();
            _stop.Dispose();
        }

        private string[] Lines() => _console.ToString().Split('\n');

        private async Task<bool> AnswerAsync(HttpContext context)
        {
            if (_asked is { } asked)
                context.Response.Headers[AgentHeaders.Shell] = asked;
            if (!context.WebSockets.IsWebSocketRequest)
                return false;
            var session = context.Request.Query["session"].ToString();
            if (_asked == session)
                _asked = null;
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.SendAsync((byte[])[ShellFrame.Data, .. Encoding.UTF8.GetBytes($"{Typed}echo {session}-$((6*7)); exit\n")], WebSocketMessageType.Binary, endOfMessage: true, Cancellation);
            var buffer = new byte[ShellFrame.Longest];
            var all = new StringBuilder();
            while (true)
            {
                var message = await socket.ReceiveAsync(buffer.AsMemory(), Cancellation);
                if (message.MessageType == WebSocketMessageType.Close || buffer[0] == ShellFrame.End)
                    break;
                Messages++;
                all.Append(Encoding.UTF8.GetString(buffer, 1, message.Count - 1));
            }
            _shown.Enqueue(all.ToString());
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);
            return true;
        }
    }
}
