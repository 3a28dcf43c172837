using System.Net;
using LpmOs.Testing;

namespace LpmOs.Cli.Tests;

/// <summary>Stands before the service and spoils its stream of events.</summary>
internal sealed class FaultyProxy : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly HttpClient _http;
    private readonly Func<int, int?> _eventStatus;
    private int _streams;

    /// <param name="eventStatus">For the n-th request of the stream, from 1: an HTTP status with an empty body, at once; null: what the service says.</param>
    public FaultyProxy(Uri service, Func<int, int?> eventStatus)
    {
        _http = new HttpClient { BaseAddress = service };
        _eventStatus = eventStatus;
        Address = $"http://127.0.0.1:{LoopbackPorts.Next()}/";
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _ = ServeAsync();
    }

    public string Address { get; }
    public List<string> StreamQueries { get; } = [];

    public void Dispose()
    {
        _listener.Close();
        _http.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed by the test.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var response = context.Response;
            if (context.Request.Url!.AbsolutePath == "/api/v1/events")
            {
                lock (StreamQueries)
                    StreamQueries.Add(context.Request.Url.Query);
                if (_eventStatus(Interlocked.Increment(ref _streams)) is { } status)
                {
                    response.StatusCode = status;
                    response.ContentType = "text/event-stream";
                    response.Close();
                    return;
                }
            }
            using var answer = await _http.GetAsync(context.Request.Url.PathAndQuery, HttpCompletionOption.ResponseHeadersRead);
            response.StatusCode = (int)answer.StatusCode;
            response.ContentType = answer.Content.Headers.ContentType?.ToString();
            response.SendChunked = true;
            await answer.Content.CopyToAsync(response.OutputStream);
            response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or HttpRequestException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The program under test went, as it does at the end of a watch.
        }
    }
}
