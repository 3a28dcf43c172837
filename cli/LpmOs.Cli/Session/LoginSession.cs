using System.Net;
using LpmOs.Cli.Client;

namespace LpmOs.Cli.Session;

/// <summary>A login as the page has it: a cookie, and the token that goes with every change.</summary>
internal sealed class LoginSession : IDisposable
{
    private readonly HttpClient _http;

    public LoginSession(ServerSettings settings)
    {
        var handler = settings.Handler();
        (handler.CookieContainer, handler.AllowAutoRedirect) = (new CookieContainer(), false);
        _http = new HttpClient(handler) { BaseAddress = settings.Server, Timeout = CliSession.AnswerLimit };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("lpmosctl");
        Api = new LpmOsClient(_http);
    }

    public LpmOsClient Api { get; }

    public async Task<Me> LoginAsync(string user, string password, CancellationToken cancellationToken)
    {
        var me = await Api.LoginAsync(new LoginRequest { User = user, Password = password }, cancellationToken);
        _http.DefaultRequestHeaders.Add("X-CSRF-Token", me.Csrf_token);
        return me;
    }

    public void Dispose() => _http.Dispose();
}
