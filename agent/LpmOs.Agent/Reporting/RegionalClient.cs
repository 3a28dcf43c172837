using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LpmOs.Agent.Settings;
using LpmOs.Contracts;
using LpmOs.Contracts.Agents;

namespace LpmOs.Agent.Reporting;

/// <summary>
/// The regional service's API. A call is repeated until it is decided: no connection, a time-out, 408, 429, 5xx and an answer that is not
/// ours (a proxy's page) are tried again for ever, with rising pauses; any other status is the answer.
/// </summary>
internal sealed class RegionalClient(HttpClient http, AgentSettings settings, AgentLog log, TimeProvider time)
{
    private const int LongestAnswer = 4 << 20;
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(5);

    private const int LongestToken = 2048;

    /// <summary>What the service gave us in place of the boot script's token, which ends soon.</summary>
    private volatile string? _renewed;

    public Backoff Pauses { get; init; } = new();

    /// <summary>Told the session when an operator asks for a shell on this machine.</summary>
    public Action<string>? ShellAsked { get; set; }

    /// <summary>Is told the time of each answer, by the service's clock.</summary>
    public Action<DateTimeOffset>? Dated { get; set; }

    /// <summary>What is shown to the regional service. A secret.</summary>
    public string? Token => _renewed ?? settings.Token;

    public Task<ApiAnswer<HardwareReportAnswer>> ReportAsync(HardwareReport report, CancellationToken cancellationToken) =>
        SendAsync("api/v1/report", report, ContractsJson.Default.HardwareReport, ContractsJson.Default.HardwareReportAnswer, TimeSpan.Zero, cancellationToken);

    public Task<ApiAnswer<TpmChallenge>> TpmChallengeAsync(TpmChallengeRequest request, CancellationToken cancellationToken) =>
        SendAsync("api/v1/tpm/challenge", request, ContractsJson.Default.TpmChallengeRequest, ContractsJson.Default.TpmChallenge, TimeSpan.Zero, cancellationToken);

    public Task<ApiAnswer<Acknowledgement>> TpmProofAsync(TpmProof proof, CancellationToken cancellationToken) =>
        SendAsync("api/v1/tpm/proof", proof, ContractsJson.Default.TpmProof, ContractsJson.Default.Acknowledgement, TimeSpan.Zero, cancellationToken);

    /// <param name="wait">How long the service may hold the call until there is a task.</param>
    public Task<ApiAnswer<AssignedTask>> TaskAsync(string sn, string mac, TimeSpan wait, CancellationToken cancellationToken) =>
        SendAsync<object, AssignedTask>(string.Create(CultureInfo.InvariantCulture, $"api/v1/task/{Uri.EscapeDataString(sn)}?wait={wait.TotalSeconds:0}&mac={Uri.EscapeDataString(mac)}"), null, null, ContractsJson.Default.AssignedTask, wait, cancellationToken);

    public Task<ApiAnswer<ProgressAnswer>> ProgressAsync(ProgressReport report, CancellationToken cancellationToken) =>
        SendAsync("api/v1/progress", report, ContractsJson.Default.ProgressReport, ContractsJson.Default.ProgressAnswer, TimeSpan.Zero, cancellationToken);

    /// <param name="wait">How long the service may hold the call while there is nothing new.</param>
    public Task<ApiAnswer<DirectiveAnswer>> DirectiveAsync(TaskIdentity task, TimeSpan wait, CancellationToken cancellationToken) =>
        SendAsync<object, DirectiveAnswer>(string.Create(CultureInfo.InvariantCulture, $"api/v1/directive/{Uri.EscapeDataString(task.Sn)}?task_id={Uri.EscapeDataString(task.TaskId)}&attempt={task.Attempt}&wait={wait.TotalSeconds:0}"), null, null, ContractsJson.Default.DirectiveAnswer, wait, cancellationToken, quiet: true);

    public Task<ApiAnswer<NextOperation>> NextOperationAsync(NextOperationRequest request, CancellationToken cancellationToken) =>
        SendAsync("api/v1/operations/next", request, ContractsJson.Default.NextOperationRequest, ContractsJson.Default.NextOperation, TimeSpan.Zero, cancellationToken);

    public Task<ApiAnswer<Acknowledgement>> LogsAsync(LogBatch batch, CancellationToken cancellationToken) =>
        SendAsync("api/v1/logs", batch, ContractsJson.Default.LogBatch, ContractsJson.Default.Acknowledgement, TimeSpan.Zero, cancellationToken, quiet: true);

    public Task<ApiAnswer<Acknowledgement>> InstalledAsync(InstalledReport report, CancellationToken cancellationToken) =>
        SendAsync("api/v1/installed", report, ContractsJson.Default.InstalledReport, ContractsJson.Default.Acknowledgement, TimeSpan.Zero, cancellationToken);

    public Task<ApiAnswer<Acknowledgement>> WipedAsync(WipeReport report, CancellationToken cancellationToken) =>
        SendAsync("api/v1/wipes", report, ContractsJson.Default.WipeReport, ContractsJson.Default.Acknowledgement, TimeSpan.Zero, cancellationToken);

    private async Task<ApiAnswer<TAnswer>> SendAsync<TBody, TAnswer>(string path, TBody? body, JsonTypeInfo<TBody>? bodyType, JsonTypeInfo<TAnswer> answerType, TimeSpan held, CancellationToken cancellationToken, bool quiet = false)
        where TBody : class where TAnswer : class
    {
        for (var failures = 1; ; failures++)
        {
            var (answer, trouble, asked) = await TryAsync(path, body, bodyType, answerType, held, cancellationToken).ConfigureAwait(false);
            if (answer is not null)
            {
                if (failures > 1 && !quiet)
                    log.Line($"Regional service answers again ({path.Split('?')[0]}).");
                return answer;
            }
            var pause = Pauses.After(failures, asked);
            // Said at first and then ever more seldom; never by the sender of the log, which would feed itself.
            if (!quiet && (failures & (failures - 1)) == 0)
                log.Line($"Regional service at {settings.RegionalUrl} does not serve {path.Split('?')[0]}: {trouble}. Trying again (attempt {failures}).");
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<(ApiAnswer<TAnswer>? Answer, string Trouble, TimeSpan? Asked)> TryAsync<TBody, TAnswer>(string path, TBody? body, JsonTypeInfo<TBody>? bodyType, JsonTypeInfo<TAnswer> answerType, TimeSpan held, CancellationToken cancellationToken)
        where TBody : class where TAnswer : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(CallLimit + held);
        try
        {
            using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(settings.RegionalUrl, path));
            if (Token is { } bearer)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
            if (body is not null && bodyType is not null)
            {
                request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, bodyType));
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            }
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            if (settings.Token is not null && response.Headers.TryGetValues(AgentHeaders.RenewedToken, out var renewed) && renewed.FirstOrDefault() is { Length: > 0 and <= LongestToken } next)
            {
                log.Hide(next);
                _renewed = next;
            }
            if (response.Headers.TryGetValues(AgentHeaders.Shell, out var shell) && shell.FirstOrDefault() is { } session)
                ShellAsked?.Invoke(session);
            var bytes = await ReadBoundedAsync(response.Content, limit.Token).ConfigureAwait(false);
            var problem = response.IsSuccessStatusCode ? null : ReadProblem(bytes);
            if (IsPassing(response.StatusCode) || (problem?.Code is null && IsOfAnother(response.StatusCode)))
                return (null, $"it answered {(int)response.StatusCode}", RetryAfter(response));
            if (response.Headers.Date is { } date)
                Dated?.Invoke(date);
            return response.IsSuccessStatusCode
                ? JsonSerializer.Deserialize(bytes, answerType) is { } value
                    ? (new(response.StatusCode, value, null), "", null)
                    : (null, "its answer was empty", null)
                : (new(response.StatusCode, null, problem), "", null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            return (null, Reason(e), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, "no answer in time", null);
        }
    }

    private static bool IsPassing(HttpStatusCode status) => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    /// <summary>Without a code of ours these are by somebody in between: a proxy whose backend restarts answers 404.</summary>
    private static bool IsOfAnother(HttpStatusCode status) => status is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.Conflict or HttpStatusCode.Gone or HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized or HttpStatusCode.ProxyAuthenticationRequired;

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        // Both are of the service's clock; this machine's may be years off.
        var asked = response.Headers.RetryAfter?.Delta ?? response.Headers.RetryAfter?.Date - (response.Headers.Date ?? time.GetUtcNow());
        return asked is null || asked <= TimeSpan.Zero ? null : asked < LongestRetryAfter ? asked : LongestRetryAfter;
    }

    private static async Task<byte[]> ReadBoundedAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var all = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            all.Write(buffer, 0, read);
            if (all.Length > LongestAnswer)
                throw new IOException("its answer is longer than 4 MiB");
        }
        return all.ToArray();
    }

    private static ProblemAnswer? ReadProblem(byte[] bytes)
    {
        try
        {
            return bytes.Length == 0 ? null : JsonSerializer.Deserialize(bytes, ContractsJson.Default.ProblemAnswer);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Reason(Exception e) => e switch
    {
        JsonException => "its answer is not the JSON that was expected",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: { } inner } => Printable.Clean($"no secure connection ({inner.Message})"),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } => Printable.Clean($"no connection ({(e.InnerException ?? e).Message})"),
        _ => Printable.Clean(e.Message),
    };
}
