using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Events;
using Polly;
using Polly.Retry;

namespace LpmOs.Tasks.Webhooks;

/// <summary>
/// Sends one message until it is taken or given up. Signed with HMAC-SHA-256 over timestamp, a dot and the body, so that the receiver knows who sent it and when.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    public const string SignatureHeader = "X-LpmOs-Signature";
    public const string TimestampHeader = "X-LpmOs-Timestamp";
    public const string DeliveryHeader = "X-LpmOs-Delivery";
    public const string EventHeader = "X-LpmOs-Event";

    private const string TestEvent = "test";

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly HttpClient _http;
    private readonly WebhookOptions _options;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline<Answer> _pipeline;

    private readonly record struct Answer(int? Status, string? Error, bool Again);

    public WebhookSender(WebhookOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _http = new HttpClient(new SocketsHttpHandler
        {
            // A redirect would lead around the check of the URL, and carry the signed body to somebody else.
            AllowAutoRedirect = false, UseProxy = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectCallback = (context, cancellationToken) => OutboundAddress.ConnectAsync(context.DnsEndPoint, options.AllowLoopback, cancellationToken),
        }) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        var pipeline = new ResiliencePipelineBuilder<Answer> { TimeProvider = time };
        if (options.Attempts > 1)
        {
            pipeline.AddRetry(new RetryStrategyOptions<Answer>
            {
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result.Again),
                MaxRetryAttempts = options.Attempts - 1, BackoffType = DelayBackoffType.Exponential, UseJitter = true, Delay = options.FirstPause, MaxDelay = LongestPause,
            });
        }
        _pipeline = pipeline.Build();
    }

    /// <param name="name">Of the event.</param>
    public async Task<Delivery> SendAsync(Webhook hook, FleetEvent message, string name, CancellationToken cancellationToken)
    {
        var attempts = 0;
        var id = DeliveryId(hook, message);
        var answer = await _pipeline.ExecuteAsync(async token =>
        {
            attempts++;
            return await SendOnceAsync(hook, message.Json, name, id, token);
        }, cancellationToken);
        return new Delivery
        {
            Id = id, Event = name, Revision = message.Revision, At = _time.GetUtcNow(), Attempts = attempts, Outcome = answer.Error is null ? "delivered" : "dead", Status = answer.Status, Error = answer.Error,
        };
    }

    /// <summary>Sends a message of its own kind, once, whatever the webhook asked for; it is noted nowhere.</summary>
    public async Task<Delivery> TestAsync(Webhook hook, CancellationToken cancellationToken)
    {
        var id = $"{hook.Id}-test-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        var json = JsonSerializer.SerializeToUtf8Bytes(new EventMessage { Type = TestEvent, Idc = hook.Idc ?? "", Revision = 0 }, TasksJson.Default.EventMessage);
        var answer = await SendOnceAsync(hook, json, TestEvent, id, cancellationToken);
        return new Delivery { Id = id, Event = TestEvent, Revision = 0, At = _time.GetUtcNow(), Attempts = 1, Outcome = answer.Error is null ? "delivered" : "dead", Status = answer.Status, Error = answer.Error };
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The same each time the message is sent. A revision may hold messages of several machines, so its number alone does not name one.</summary>
    public static string DeliveryId(Webhook hook, FleetEvent message)
    {
        using var json = JsonDocument.Parse(message.Json);
        var about = $"{json.RootElement.GetProperty("type").GetString()}/{message.Idc}/{(json.RootElement.TryGetProperty("sn", out var sn) ? sn.GetString() : "")}";
        return string.Create(CultureInfo.InvariantCulture, $"{hook.Id}-{message.Revision}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(about)))[..8]}");
    }

    private async Task<Answer> SendOnceAsync(Webhook hook, ReadOnlyMemory<byte> json, string name, string id, CancellationToken cancellationToken)
    {
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, hook.Url) { Content = new ReadOnlyMemoryContent(json) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(TimestampHeader, timestamp);
        request.Headers.Add(SignatureHeader, "sha256=" + Sign(hook.Secret, timestamp, json.Span));
        request.Headers.Add(DeliveryHeader, id);
        request.Headers.Add(EventHeader, name);
        request.Headers.UserAgent.ParseAdd("LpmOs");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.Timeout);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return Judge(response.StatusCode);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Answer(null, $"No answer within {_options.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} seconds.", Again: true);
        }
        catch (HttpRequestException e)
        {
            return new Answer(null, e.Message, Again: true);
        }
    }

    private static Answer Judge(HttpStatusCode code) => (int)code switch
    {
        >= 200 and < 300 => new Answer((int)code, null, Again: false),
        >= 300 and < 400 => new Answer((int)code, "The receiver redirects; redirects are not followed. Give the URL that they lead to.", Again: false),
        408 or 425 or 429 or >= 500 => new Answer((int)code, $"The receiver answered {(int)code}.", Again: true),
        _ => new Answer((int)code, $"The receiver refused the message with {(int)code}.", Again: false),
    };

    private static string Sign(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.ASCII.GetBytes(timestamp + "."));
        hmac.AppendData(body);
        return Convert.ToHexStringLower(hmac.GetHashAndReset());
    }
}
