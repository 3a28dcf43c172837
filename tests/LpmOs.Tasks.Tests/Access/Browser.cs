using System.Net;
using System.Text;
using System.Text.Json;

namespace LpmOs.Tasks.Tests.Access;

/// <summary>Keeps cookies as a browser does, and sends the CSRF token as the page does.</summary>
internal sealed class Browser : IDisposable
{
    private readonly SocketsHttpHandler _handler = new() { UseProxy = false, AllowAutoRedirect = false };

    public Browser(RunningTasksService service)
    {
        Http = new HttpClient(_handler) { BaseAddress = service.Address };
        Http.DefaultRequestHeaders.UserAgent.ParseAdd("test-browser/1.0");
    }

    public HttpClient Http { get; }
    public string? Csrf { get; set; }
    public CookieCollection Cookies => _handler.CookieContainer.GetCookies(Http.BaseAddress!);

    /// <summary>What the service said about the cookie at the last login.</summary>
    public string? SetCookie { get; private set; }

    public async Task<(HttpStatusCode Status, JsonElement Body)> LoginAsync(string user, string password)
    {
        using var answer = await Http.PostAsync("/api/v1/login", Json(JsonSerializer.Serialize(new { user, password })), TestContext.Current.CancellationToken);
        SetCookie = answer.Headers.TryGetValues("Set-Cookie", out var values) ? values.Single() : null;
        var body = await TasksFixture.JsonAsync(answer);
        Csrf = body.TryGetProperty("csrf_token", out var csrf) ? csrf.GetString() : Csrf;
        return (answer.StatusCode, body);
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : Json(body) };
        if (Csrf is not null && method != HttpMethod.Get)
            request.Headers.Add("X-CSRF-Token", Csrf);
        using var answer = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, answer.StatusCode == HttpStatusCode.NoContent ? default : await TasksFixture.JsonAsync(answer));
    }

    public void Dispose()
    {
        Http.Dispose();
        _handler.Dispose();
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
