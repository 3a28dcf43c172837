using System.Net.Security;
using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace LpmOs.Tasks.Access.Oidc;

/// <summary>
/// Login with a provider of OpenID Connect Core 1.0: authorization code flow (3.1) with PKCE (RFC 7636). What the framework's handler has judged
/// becomes a session of ours, the same as after a login by password.
/// </summary>
internal static class OidcLogin
{
    public const string Scheme = "oidc";
    public const string CallbackPath = "/signin-oidc";
    /// <summary>Parameter with which the page is told why a login was refused.</summary>
    public const string FailureParameter = "login_failed";
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LoginLimit = TimeSpan.FromMinutes(10);

    public static void AddOidc(this AuthenticationBuilder authentication, IServiceCollection services, OidcOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<OidcUsers>();
        services.AddOptions<OpenIdConnectOptions>(Scheme).Configure<WatchedState>((oidc, state) => oidc.DataProtectionProvider = new StoreProtection(state));
        authentication.AddOpenIdConnect(Scheme, oidc =>
        {
            oidc.SignInScheme = AccessSchemes.Session;
            oidc.Authority = options.Authority.AbsoluteUri;
            oidc.RequireHttpsMetadata = options.Authority.Scheme == Uri.UriSchemeHttps;
            (oidc.ClientId, oidc.ClientSecret) = (options.ClientId, options.ClientSecret);
            oidc.ResponseType = OpenIdConnectResponseType.Code;
            oidc.ResponseMode = OpenIdConnectResponseMode.Query;
            oidc.UsePkce = true;
            oidc.CallbackPath = CallbackPath;
            oidc.MapInboundClaims = false;
            oidc.GetClaimsFromUserInfoEndpoint = options.UserInfo;
            oidc.ClaimActions.Clear();
            oidc.ClaimActions.MapJsonKey(options.GroupClaim, options.GroupClaim);
            oidc.RemoteAuthenticationTimeout = LoginLimit;
            oidc.SaveTokens = false;
            oidc.DisableTelemetry = true;
            oidc.Scope.Clear();
            foreach (var scope in options.Scopes)
                oidc.Scope.Add(scope);
            oidc.TokenValidationParameters.NameClaimType = options.NameClaim;
            // Signatures alone that the provider's public keys can prove; never a shared secret, never none.
            oidc.TokenValidationParameters.ValidAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384];
            // The provider's answer is a GET that another site leads to: Strict would keep the two cookies back.
            foreach (var cookie in new[] { oidc.CorrelationCookie, oidc.NonceCookie })
                (cookie.SameSite, cookie.SecurePolicy, cookie.HttpOnly) = (SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest, true);
            (oidc.BackchannelTimeout, oidc.BackchannelHttpHandler) = (CallLimit, Handler(options));
            // In this flow the handler asks for no signature, since the token comes from the provider itself (3.1.3.7); ours is checked whatever came in between.
            oidc.Events.OnTokenValidated = context =>
            {
                if (string.IsNullOrEmpty(context.SecurityToken.RawSignature))
                    context.Fail("the ID token is not signed");
                return Task.CompletedTask;
            };
            oidc.Events.OnTicketReceived = EnterAsync;
            oidc.Events.OnRemoteFailure = context => RefuseAsync(context, "oidc_failed", context.Failure?.Message ?? "no reason given");
        });
    }

    /// <summary>Where the page is sent once somebody is logged in: an address of ours, and nothing that a browser takes for another site's.</summary>
    public static string LocalPath(string? path) => path is ['/', ..] && !path.StartsWith("//", StringComparison.Ordinal) && !path.Contains('\\', StringComparison.Ordinal) && !path.Any(char.IsControl) ? path : "/";

    public static async Task RefuseAsync<T>(HandleRequestContext<T> context, string code, string why) where T : AuthenticationSchemeOptions
    {
        var http = context.HttpContext;
        await http.RequestServices.GetRequiredService<RefusalLog>().NoteAsync("login.failed", "nobody", http.Connection.RemoteIpAddress?.ToString(), $"OpenID Connect: {code}: {why}", http.RequestAborted);
        http.Response.Redirect($"/?{FailureParameter}={code}");
        context.HandleResponse();
    }

    private static async Task EnterAsync(TicketReceivedContext context)
    {
        var http = context.HttpContext;
        var services = http.RequestServices;
        try
        {
            var user = await services.GetRequiredService<OidcUsers>().RequireAsync(context.Principal ?? new ClaimsPrincipal(), http.Connection.RemoteIpAddress?.ToString(), http.RequestAborted);
            await SessionLogin.EnterAsync(http, user, "by OpenID Connect", services.GetRequiredService<UserStore>(), services.GetRequiredService<SessionStore>(), http.RequestAborted);
            http.Response.Redirect(LocalPath(context.ReturnUri));
            context.HandleResponse();
        }
        catch (RefusedRequestException e)
        {
            await RefuseAsync(context, e.Code, e.Detail ?? e.Message);
        }
        catch (StoreUnavailableException)
        {
            http.Response.Redirect($"/?{FailureParameter}=oidc_later");
            context.HandleResponse();
        }
    }

    private static SocketsHttpHandler Handler(OidcOptions options)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = CallLimit };
        if (options.CaFile is { } file)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(file);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }
        return handler;
    }
}
