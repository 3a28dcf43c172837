using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Texts;

namespace LpmOs.Cli.Session;

/// <summary>What every command works with.</summary>
internal sealed partial class CliSession : IDisposable
{
    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    public CliSession(Terminal terminal, Words words, ServerSettings settings, OutputFormat format)
    {
        (Terminal, Words, Settings) = (terminal, words, settings);
        Print = new Printer(terminal, format);
        Http = new HttpClient(settings.Handler()) { BaseAddress = settings.Server, Timeout = AnswerLimit };
        Http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("lpmosctl", typeof(CliSession).Assembly.GetName().Version?.ToString(3)));
        if (settings.Token is { } token)
            Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Api = new LpmOsClient(Http);
    }

    public Terminal Terminal { get; }
    public Words Words { get; }
    public ServerSettings Settings { get; }
    public Printer Print { get; }
    public HttpClient Http { get; }
    public LpmOsClient Api { get; }

    /// <summary>The machine that is meant by <c>IDC/SN</c>, by a task's id, or by SN alone.</summary>
    public async Task<(string Idc, string Sn)> MachineAsync(string text, CancellationToken cancellationToken)
    {
        if (text.Split('/') is [{ Length: > 0 } idc, { Length: > 0 } sn])
            return (idc, sn);
        if (TaskId().IsMatch(text))
        {
            var found = (await Api.ListTasksAsync(q: text, limit: 10, cancellationToken: cancellationToken)).Items.FirstOrDefault(task => task.Task_id == text);
            return found is null ? throw new NoSuchTaskException(Words.NoSuchTask(text)) : (found.Idc, found.Sn);
        }
        return Settings.Idc is { } own && text.Length > 0 && !text.Contains('/', StringComparison.Ordinal) ? (own, text) : throw new UsageException(Words.MachineNotAllowed(SafeText.Of(text)));
    }

    public void Dispose() => Http.Dispose();

    [GeneratedRegex(@"\Atask-[0-9a-f]{8}\z")]
    private static partial Regex TaskId();
}

/// <summary>A task id that is none of a present task.</summary>
internal sealed class NoSuchTaskException(string message) : Exception(message);
