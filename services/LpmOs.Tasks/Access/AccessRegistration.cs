using System.Globalization;
using System.Threading.RateLimiting;
using LpmOs.Core.Hosting;
using LpmOs.Core.Hosting.Limits;
using LpmOs.Tasks.Access.Certificates;
using LpmOs.Tasks.Access.Oidc;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;

namespace LpmOs.Tasks.Access;

/// <summary>Puts login, tokens and permissions into the service.</summary>
internal static class AccessRegistration
{
    public const string LoginLimit = "login";
    public const string CookieName = "lpmos-session";

    public static void AddAccess(this IServiceCollection services, AuthOptions options, RequestLimits requests)
    {
        services.AddSingleton(options);
        services.AddSingleton<AccessBook>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<UserStore>();
        services.AddSingleton<WatchedUsers>();
        services.AddSingleton<TokenStore>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<SessionTickets>();
        services.AddSingleton<RefusalLog>();
        services.AddSingleton<PasswordCheck>();
        services.AddHostedService<FirstAdministrator>();
        var authentication = services.AddAuthentication(AccessSchemes.Any)
            .AddPolicyScheme(AccessSchemes.Any, null, any => any.ForwardDefaultSelector = context =>
                context.Request.Headers.Authorization.Count > 0 ? AccessSchemes.Token
                : options.ClientAuthorities is not null && context.Connection.ClientCertificate is not null && context.RequestServices.GetRequiredService<AccessBook>().OfSession(context.Request.Cookies[CookieName]) is null ? AccessSchemes.Certificate
                // A cookie of another service of this host, or of a login that has ended, shuts nobody out.
                : options.LoginNeeded || context.RequestServices.GetRequiredService<AccessBook>().OfSession(context.Request.Cookies[CookieName]) is not null ? AccessSchemes.Session : AccessSchemes.Local)
            .AddScheme<AuthenticationSchemeOptions, TokenHandler>(AccessSchemes.Token, null)
            .AddScheme<AuthenticationSchemeOptions, LocalHandler>(AccessSchemes.Local, null)
            .AddCookie(AccessSchemes.Session, cookie =>
            {
                cookie.Cookie.Name = CookieName;
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Strict;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                cookie.ExpireTimeSpan = options.SessionLifetime;
                cookie.SlidingExpiration = false;
                cookie.TicketDataFormat = new SessionCookieFormat();
            });
        if (options.ClientAuthorities is { } authorities)
        {
            services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ClientAuthorities>(provider, authorities));
            services.AddHostedService(provider => provider.GetRequiredService<ClientAuthorities>());
            services.AddHealthChecks().AddCheck<ClientAuthorities>("client authorities", tags: ["ready"]);
            services.AddSingleton<ClientCertificates>();
            authentication.AddScheme<AuthenticationSchemeOptions, CertificateHandler>(AccessSchemes.Certificate, null);
        }
        if (options.Oidc is { } oidc)
            authentication.AddOidc(services, oidc);
        services.AddOptions<CookieAuthenticationOptions>(AccessSchemes.Session).Configure<SessionTickets>((cookie, tickets) => cookie.SessionStore = tickets);
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicy([new EndpointRequirement()], []));
        services.AddSingleton<IAuthorizationHandler, EndpointRequirementHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusalHandler>();
        services.AddRateLimiter(limits =>
        {
            limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limits.OnRejected = RejectAsync;
            limits.GlobalLimiter = requests.Limiter();
            limits.AddPolicy(LoginLimit, context => RateLimitPartition.GetTokenBucketLimiter(RateLimits.Address(context), _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = options.LoginsPerMinute, TokensPerPeriod = options.LoginsPerMinute, ReplenishmentPeriod = TimeSpan.FromMinutes(1), QueueLimit = 0,
            }));
        });
    }

    /// <summary>After the routes are known, before anything is answered.</summary>
    public static void UseAccess(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseMiddleware<RequestGuard>();
        // Before anything is refused: who has no right to ask can still ask too often.
        app.UseRateLimiter();
        app.UseAuthorization();
    }

    private static async ValueTask RejectAsync(OnRejectedContext context, CancellationToken cancellationToken)
    {
        var http = context.HttpContext;
        if (http.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName != LoginLimit)
        {
            var caller = Caller.Of(http);
            await http.RequestServices.GetRequiredService<RefusalLog>().NoteAsync("request.throttled", caller?.Name ?? "nobody", http.Connection.RemoteIpAddress?.ToString(), "too many requests", cancellationToken);
            await RateLimits.RefuseAsync(context, cancellationToken);
            return;
        }
        var pause = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromMinutes(1);
        http.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(pause.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        var from = http.Connection.RemoteIpAddress?.ToString();
        await http.RequestServices.GetRequiredService<RefusalLog>().NoteAsync("login.throttled", "nobody", from, "too many logins were tried from this address", cancellationToken);
        await Problems.Of(StatusCodes.Status429TooManyRequests, "too_many_logins", "Too many logins were tried", "Wait a minute and try again.").ExecuteAsync(http);
    }
}
