using System.Globalization;
using System.Net;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Access.Certificates;
using LpmOs.Tasks.Access.Oidc;

namespace LpmOs.Tasks.Access;

/// <summary>Who gets in; configuration section <c>Auth</c>.</summary>
internal sealed record AuthOptions
{
    /// <summary>False: whoever reaches the service may do everything. Allowed on loopback addresses alone.</summary>
    public required bool LoginNeeded { get; init; }
    /// <summary>From login to the end of a session, whatever happens in between.</summary>
    public required TimeSpan SessionLifetime { get; init; }
    /// <summary>Longest life of an API token.</summary>
    public required TimeSpan TokenLifetime { get; init; }
    /// <summary>Wrong passwords in a row until the account is locked.</summary>
    public required int WrongPasswords { get; init; }
    public required TimeSpan LockTime { get; init; }
    /// <summary>Logins that one address may try in a minute.</summary>
    public required int LoginsPerMinute { get; init; }
    /// <summary>Null: people log in by password alone.</summary>
    public OidcOptions? Oidc { get; init; }

    /// <summary>Who signs certificates of people and programs; null: they are asked for none.</summary>
    public ClientAuthorities.Read? ClientAuthorities { get; init; }

    /// <param name="urls">Where the service listens.</param>
    /// <exception cref="SettingException">A setting is not allowed, or the service would be open to others than this host.</exception>
    public static AuthOptions Read(IConfiguration configuration, string urls)
    {
        var mode = configuration["Auth:Mode"];
        if (mode is not (null or "off" or "users"))
            throw new SettingException("Auth:Mode", mode, "users: people log in; off: nobody has to, on loopback addresses alone");
        if (mode != "users" && urls.Split([';', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(url => !IsLoopback(url)) is { } reachable)
            throw new SettingException("Auth:Mode", mode ?? "off",
                $"users, since Tasks:Urls has {reachable}, which others than this host can reach: whoever did could erase every machine. With LPMOS_Auth__Mode=users the first start prints the first administrator's password. Or listen on http://127.0.0.1:8080 alone");
        return new AuthOptions
        {
            LoginNeeded = mode == "users",
            SessionLifetime = Time(configuration, "Auth:SessionLifetime", "12:00:00", TimeSpan.FromMinutes(1), TimeSpan.FromDays(30)),
            TokenLifetime = Time(configuration, "Auth:TokenLifetime", "366.00:00:00", TimeSpan.FromMinutes(1), TimeSpan.FromDays(3660)),
            WrongPasswords = Number(configuration, "Auth:WrongPasswords", 5, 1, 100),
            LockTime = Time(configuration, "Auth:LockTime", "00:05:00", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            Oidc = OidcOptions.Read(configuration, mode == "users"),
            ClientAuthorities = Certificates.ClientAuthorities.At(configuration, mode == "users", urls),
            LoginsPerMinute = Number(configuration, "Auth:LoginsPerMinute", 20, 1, 10_000),
        };
    }

    private static bool IsLoopback(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var parsed)
        && (parsed.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(parsed.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)));

    private static int Number(IConfiguration configuration, string key, int fallback, int least, int most)
    {
        if (configuration[key] is not { } text)
            return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : throw new SettingException(key, text, $"{least} to {most}");
    }

    private static TimeSpan Time(IConfiguration configuration, string key, string fallback, TimeSpan least, TimeSpan most)
    {
        var text = configuration[key] ?? fallback;
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time >= least && time <= most ? time : throw new SettingException(key, text, $"a time of {least} to {most}, days before a dot");
    }
}
