namespace LpmOs.Bench.Twins;

/// <summary>Notes each HTTP call of a machine by its kind, with the time until the answer's head is there.</summary>
internal sealed class CountingHandler(HttpMessageHandler inner, FleetCounts counts) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        // These are held on purpose: their time is that of the people who approve or abort.
        var call = $"{request.Method} " + (path.StartsWith("/api/v1/task/", StringComparison.Ordinal) ? "/api/v1/task (held)" : path.StartsWith("/api/v1/directive/", StringComparison.Ordinal) ? "/api/v1/directive (held)" : path.StartsWith("/files/", StringComparison.Ordinal) ? "/files" : path);
        var begun = counts.Begin(call);
        var answer = await base.SendAsync(request, cancellationToken);
        counts.End(call, begun);
        if ((int)answer.StatusCode >= 500 || (int)answer.StatusCode == 429)
            counts.Repeat(call);
        return answer;
    }
}
