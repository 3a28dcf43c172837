using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Session;
using LpmOs.Cli.Texts;

namespace LpmOs.Cli.Commands;

/// <summary>
/// <c>lpmosctl tasks import FILE</c>. The file goes as it is: the service judges encoding, columns and rows, and answers with line and column.
/// Ends with 1 when a row was refused.
/// </summary>
internal static class ImportCommand
{
    public static Command Build(Shell shell)
    {
        var words = shell.Words;
        var file = new Argument<string>("file") { Description = words.TasksImport, HelpName = "FILE", Arity = ArgumentArity.ZeroOrOne };
        var template = Shell.Option<bool>("--template", words.TemplateOption);
        var (dryRun, atomic, key) = (Shell.Option<bool>("--dry-run", words.DryRunOption), Shell.Option<bool>("--all-or-nothing", words.AtomicOption), Shell.Option<string?>("--idempotency-key", words.KeyOption));
        return shell.Command("import", words.TasksImport, [file, dryRun, atomic, key, template], async (parsed, session, cancellationToken) =>
        {
            if (parsed.GetValue(template))
            {
                await TemplateAsync(session, cancellationToken);
                return ExitCodes.Ok;
            }
            var path = parsed.GetValue(file) ?? throw new UsageException(words.Missing("FILE"));
            var result = await SendAsync(await InputFile.BytesAsync(path, session, cancellationToken), parsed.GetValue(dryRun), parsed.GetValue(atomic), parsed.GetValue(key), session, cancellationToken);
            // People look for what went wrong; scripts get every row.
            var rows = session.Print.Format == OutputFormat.Table ? [.. result.Results.Where(row => !IsGood(row))] : result.Results;
            if (rows.Count > 0 || session.Print.Format != OutputFormat.Table)
                session.Print.List(result, rows, Columns(words), "");
            if (session.Print.Format == OutputFormat.Table)
                session.Print.Line(words.Imported(result.Succeeded, result.Refused, result.Dry_run));
            return result.Succeeded == result.Total ? ExitCodes.Ok : ExitCodes.Failed;
        });
    }

    private static bool IsGood(BatchRowResult row) => row.Outcome is "created" or "valid";

    private static async Task<BatchResult> SendAsync(byte[] content, bool dryRun, bool atomic, string? key, CliSession session, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/v1/tasks/batch?dry_run={(dryRun ? "true" : "false")}&all_or_nothing={(atomic ? "true" : "false")}") { Content = new ByteArrayContent(content) };
        // JSON begins with a bracket or a brace; no CSV header does.
        var first = content.FirstOrDefault(b => b is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0xEF or 0xBB or 0xBF));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(first is (byte)'{' or (byte)'[' ? "application/json" : "text/csv");
        if (key is not null)
        {
            if (!request.Headers.TryAddWithoutValidation("Idempotency-Key", key) || key.Any(c => c is < ' ' or > '~'))
                throw new UsageException(session.Words.KeyNotAllowed);
        }
        using var answer = await session.Http.SendAsync(request, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw await RawCalls.ProblemAsync(answer, cancellationToken);
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        try
        {
            return await JsonSerializer.DeserializeAsync<BatchResult>(body, ClientJson.Options, cancellationToken) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new LpmOsProblemException("", (int)answer.StatusCode, null, new Dictionary<string, IEnumerable<string>>(), e);
        }
    }

    private static async Task TemplateAsync(CliSession session, CancellationToken cancellationToken)
    {
        using var answer = await session.Http.GetAsync("api/v1/tasks/batch/template", cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw await RawCalls.ProblemAsync(answer, cancellationToken);
        // In a file the byte order mark tells Excel that it is UTF-8; on a terminal it is of no use.
        var text = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        await session.Terminal.Out.WriteAsync(SafeText.Of(session.Terminal.Interactive ? text.TrimStart('\uFEFF') : text, '\r', '\n', '\uFEFF'));
    }

    public static Column<BatchRowResult>[] Columns(Words words) =>
    [
        new("row", "#", row => Show.Number(row.Row), Right: true),
        new("line", words.LineColumn, row => Show.Number(row.Line), Right: true),
        new("machine", words.Machine, row => $"{row.Idc}/{row.Sn}"),
        new("outcome", words.State, row => row.Outcome),
        new("task_id", words.Task, row => row.Task_id),
        new("detail", words.Why, row => row.Errors is { Count: > 0 } errors ? string.Join("; ", errors.Select(field => $"{field.Key}: {string.Join(" ", field.Value)}")) : $"{row.Code} {row.Detail}".Trim()),
    ];
}
