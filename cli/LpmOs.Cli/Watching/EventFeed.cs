using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using LpmOs.Cli.Client;
using LpmOs.Cli.Session;

namespace LpmOs.Cli.Watching;

/// <summary>
/// <c>GET /api/v1/events</c> (Server-Sent Events), connected again with the last revision when the connection is lost. A stream has no end, so the generated client, which waits for it, is of no use here.
/// </summary>
internal sealed class EventFeed(CliSession session)
{
    /// <summary>The service writes at least a comment every 15 seconds.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private const int MostTries = 8;

    /// <summary>What happened after <paramref name="since"/>; null: from now on.</summary>
    /// <exception cref="FeedGapException">The service no longer knows what followed: load everything again.</exception>
    /// <exception cref="LpmOsProblemException">The service refuses.</exception>
    public async IAsyncEnumerable<EventMessage> FollowAsync(string? idc, long? since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var tries = 0;
        while (true)
        {
            await using var connection = ConnectAsync(idc, since, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                var (message, lost) = await NextAsync(connection, cancellationToken);
                if (message is null)
                {
                    if (++tries > MostTries)
                        throw lost ?? new HttpRequestException("the stream of events ended again and again");
                    await session.Terminal.Error.WriteLineAsync(session.Words.Reconnecting(lost is null ? "EOF" : Failures.Reason(lost)));
                    break;
                }
                (tries, since) = (0, message.Revision);
                yield return message;
            }
            // Doubled, up to 30 s, with jitter: many programs lose the same service at the same moment.
            var pause = Math.Min(30, FirstPause.TotalSeconds * Math.Pow(2, tries - 1)) * (0.5 + Random.Shared.NextDouble());
            await Task.Delay(TimeSpan.FromSeconds(pause), session.Terminal.Time, cancellationToken);
        }
    }

    private static async ValueTask<(EventMessage? Message, Exception? Lost)> NextAsync(IAsyncEnumerator<EventMessage> connection, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.MoveNextAsync() ? (connection.Current, null) : (null, null);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException)
        {
            return (null, e);
        }
    }

    private async IAsyncEnumerable<EventMessage> ConnectAsync(string? idc, long? since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = string.Join('&', new[] { idc is null ? null : $"idc={Uri.EscapeDataString(idc)}", since is { } revision ? string.Create(CultureInfo.InvariantCulture, $"since={revision}") : null }.OfType<string>());
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var answer = await session.Http.GetAsync($"api/v1/events?{query}", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (answer.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
            throw new HttpRequestException($"HTTP {(int)answer.StatusCode}");
        if (!answer.IsSuccessStatusCode)
            throw await RawCalls.ProblemAsync(answer, cancellationToken);
        await using var stream = new WatchedStream(await answer.Content.ReadAsStreamAsync(cancellationToken), silence, Silence);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(silence.Token))
        {
            if (item.EventType == "dropped")
            {
                if (item.Data.Contains("compacted", StringComparison.Ordinal))
                    throw new FeedGapException();
                yield break;
            }
            if (JsonSerializer.Deserialize<EventMessage>(item.Data, ClientJson.Options) is { } message)
                yield return message;
        }
    }
}

/// <summary>The service no longer keeps the changes after the revision that was asked for.</summary>
internal sealed class FeedGapException() : Exception("The service no longer keeps these events.");
