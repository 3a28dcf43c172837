using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LpmOs.Tasks.Tests.Access.Oidc;

/// <summary>
/// A small provider of OpenID Connect Core 1.0: discovery, authorization code flow with PKCE (S256), RS256 tokens, key set. Made by hand from the
/// specifications, without the library that the service uses; a test can make it lie.
/// </summary>
internal sealed class Provider : IAsyncDisposable
{
    public const string ClientId = "lpmos", ClientSecret = "provider-secret-0123456789";
    private const string KeyId = "k1";

    private readonly RSA _key = RSA.Create(2048);
    private readonly ConcurrentDictionary<string, (string Challenge, string Nonce, string RedirectUri)> _codes = new();
    private readonly WebApplication _app;

    private Provider(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());
    /// <summary>Who has just logged in there.</summary>
    public string Subject { get; set; } = "s-1";
    public string Name { get; set; } = "wang.fang";
    public string[] Groups { get; set; } = ["ops"];
    /// <summary>Changes the claims of the next tokens.</summary>
    public Action<JsonObject> Lie { get; set; } = _ => { };
    /// <summary>Makes a token of header and claims otherwise than by our key.</summary>
    public Func<string, string>? Sign { get; set; }
    public string? LastState { get; private set; }
    public int TokensGiven { get; private set; }

    public static async Task<Provider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var provider = new Provider(app);
        app.MapGet("/.well-known/openid-configuration", provider.Discovery);
        app.MapGet("/keys", provider.Keys);
        app.MapGet("/authorize", provider.Authorize);
        app.MapPost("/token", provider.TokenAsync);
        await app.StartAsync();
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _key.Dispose();
    }

    public static string Unsigned(string signed) => signed + ".";

    private string Issuer => Address.AbsoluteUri.TrimEnd('/');

    private IResult Discovery() => Json(new JsonObject
    {
        ["issuer"] = Issuer, ["authorization_endpoint"] = Issuer + "/authorize", ["token_endpoint"] = Issuer + "/token", ["jwks_uri"] = Issuer + "/keys",
        ["response_types_supported"] = new JsonArray("code"), ["subject_types_supported"] = new JsonArray("public"), ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"), ["code_challenge_methods_supported"] = new JsonArray("S256"),
    });

    private IResult Keys()
    {
        var key = _key.ExportParameters(false);
        return Json(new JsonObject { ["keys"] = new JsonArray(new JsonObject { ["kty"] = "RSA", ["use"] = "sig", ["alg"] = "RS256", ["kid"] = KeyId, ["n"] = Base64Url.EncodeToString(key.Modulus), ["e"] = Base64Url.EncodeToString(key.Exponent) }) });
    }

    /// <summary>Whoever comes is logged in; what the client has to send is insisted on.</summary>
    private IResult Authorize(HttpRequest request)
    {
        string Value(string name) => request.Query[name].ToString();
        if (Value("client_id") != ClientId || Value("response_type") != "code" || !Value("scope").Split(' ').Contains("openid") || Value("code_challenge_method") != "S256" || Value("code_challenge").Length != 43 || Value("nonce").Length < 16 || Value("state").Length < 16)
            return Results.BadRequest("the client did not ask as it must");
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        _codes[code] = (Value("code_challenge"), Value("nonce"), Value("redirect_uri"));
        LastState = Value("state");
        return Results.Redirect($"{Value("redirect_uri")}?code={code}&state={Uri.EscapeDataString(LastState)}");
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        // A code is good once (RFC 6749, 4.1.2), for who asked for it (RFC 7636, 4.6).
        if (!_codes.TryRemove(form["code"].ToString(), out var asked) || form["client_id"] != ClientId || form["client_secret"] != ClientSecret || form["redirect_uri"] != asked.RedirectUri
            || Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != asked.Challenge)
            return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = Issuer, ["sub"] = Subject, ["aud"] = ClientId, ["nonce"] = asked.Nonce, ["iat"] = now, ["exp"] = now + 300, ["preferred_username"] = Name, ["name"] = "王芳",
            ["groups"] = new JsonArray([.. Groups.Select(group => (JsonNode)group)]),
        };
        Lie(claims);
        TokensGiven++;
        var signed = $"{Part(new JsonObject { ["alg"] = Sign is null ? "RS256" : "none", ["kid"] = KeyId, ["typ"] = "JWT" })}.{Part(claims)}";
        var token = Sign is { } otherwise ? otherwise(signed) : $"{signed}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
        return Json(new JsonObject { ["access_token"] = "unused", ["token_type"] = "Bearer", ["expires_in"] = 300, ["id_token"] = token });
    }

    private static string Part(JsonObject json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));

    private static IResult Json(JsonObject json) => Results.Text(json.ToJsonString(), "application/json");
}
