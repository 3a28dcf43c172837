using LpmOs.Core.Domain.Access;
using LpmOs.Core.Security;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Net.Http.Headers;

namespace LpmOs.Tasks.Access;

/// <summary>The end of every login, however somebody showed who they are: a session, its cookie, and a record.</summary>
internal static class SessionLogin
{
    /// <param name="how">For the record; null: by password.</param>
    public static async Task<Caller> EnterAsync(HttpContext http, UserAccount user, string? how, UserStore users, SessionStore sessions, CancellationToken cancellationToken)
    {
        var from = http.Connection.RemoteIpAddress?.ToString();
        var caller = new Caller { Name = user.Name, Kind = CallerKind.Session, Rights = new Rights(user.Roles) };
        var properties = new AuthenticationProperties { Items = { [SessionStore.FromItem] = from, [SessionStore.AgentItem] = http.Request.Headers.UserAgent.ToString() } };
        await http.SignInAsync(AccessSchemes.Session, caller.Principal(AccessSchemes.Session), properties);
        if (http.Request.Cookies[AccessRegistration.CookieName] is { Length: > 0 } former)
            await sessions.RemoveShownAsync(former, cancellationToken);
        var cookie = SetCookieHeaderValue.ParseList([.. http.Response.Headers.SetCookie!]).First(set => set.Name == AccessRegistration.CookieName).Value.ToString();
        var session = sessions.Find(BearerSecret.Id(BearerSecret.Digest(cookie)));
        string?[] said = [session is null ? null : $"session {session.Id}", how];
        await users.RecordAsync("login.succeeded", user.Name, from, said.Any(part => part is not null) ? string.Join(", ", said.OfType<string>()) : null, cancellationToken);
        return session is null ? caller : AccessBook.OfSession(session, user, cookie);
    }
}
