using System.Net.Sockets;
using System.Text.Json;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;

namespace LpmOs.Cli.Session;

/// <summary>What went wrong, in words and as an exit code.</summary>
internal static class Failures
{
    /// <summary>Null where it is no failure that can be expected: a fault of this program.</summary>
    public static (int Code, string Message)? Explain(Exception e, CliSession session) => e switch
    {
        // A proxy in front may ask for a login of its own, in words that are not ours.
        LpmOsProblemException { InnerException: JsonException, StatusCode: not (401 or 403) } => (ExitCodes.Unreachable, session.Words.NotLpmOs(session.Settings.Server)),
        LpmOsProblemException answer => Answer(answer, session),
        NoSuchTaskException none => (ExitCodes.NotFound, none.Message),
        UsageException usage => (ExitCodes.Usage, usage.Message),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => (ExitCodes.Unreachable, session.Words.Untrusted(session.Settings.Server, Reason(e))),
        HttpRequestException or TaskCanceledException or IOException => (ExitCodes.Unreachable, session.Words.Unreachable(session.Settings.Server, Reason(e))),
        _ => null,
    };

    public static int Code(int status) => status switch
    {
        400 or 413 or 415 or 422 => ExitCodes.Usage,
        401 or 403 => ExitCodes.NotAllowed,
        404 => ExitCodes.NotFound,
        409 => ExitCodes.Conflict,
        502 or 503 or 504 => ExitCodes.Unreachable,
        _ => ExitCodes.Failed,
    };

    /// <summary>Why a connection failed, short.</summary>
    public static string Reason(Exception e) => e switch
    {
        TaskCanceledException => $"> {CliSession.AnswerLimit.TotalSeconds:0} s",
        { InnerException: SocketException socket } => socket.Message,
        { InnerException: { } inner } => inner.Message,
        _ => e.Message,
    };

    public static Problem? ProblemOf(LpmOsProblemException answer)
    {
        if (answer is LpmOsProblemException<Problem> { Result: { } problem })
            return problem;
        try
        {
            return string.IsNullOrEmpty(answer.Response) ? null : JsonSerializer.Deserialize<Problem>(answer.Response, ClientJson.Options) is { Title: not null } read ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static (int, string) Answer(LpmOsProblemException answer, CliSession session)
    {
        var code = Code(answer.StatusCode);
        if (ProblemOf(answer) is not { } problem)
            return (answer.StatusCode is 404 or >= 500 ? ExitCodes.Unreachable : code, $"HTTP {answer.StatusCode}\n{session.Words.NotLpmOs(session.Settings.Server)}");
        var lines = new List<string> { $"{problem.Title} ({problem.Code})" };
        if (problem.Errors is { Count: > 0 } errors)
            lines.AddRange(errors.SelectMany(field => field.Value.Select(reason => $"  {field.Key}: {reason}")));
        else if (problem.Detail is { } detail)
            lines.Add(detail);
        if (code == ExitCodes.NotAllowed)
            lines.Add(session.Words.NotAllowed);
        if (code == ExitCodes.Unreachable)
            lines.Add(session.Words.TryLater);
        return (code, SafeText.Of(string.Join('\n', lines), '\n'));
    }
}
