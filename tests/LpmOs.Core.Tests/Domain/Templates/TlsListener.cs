using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using LpmOs.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Tests.Domain.Templates;

/// <summary>A server by https with a certificate of a private authority, that keeps what it was sent.</summary>
internal sealed class TlsListener : IAsyncDisposable
{
    private readonly X509Certificate2 _certificate;
    private readonly WebApplication _app;

    private TlsListener(TestCertificates certificates)
    {
        _certificate = X509Certificate2.CreateFromPemFile(certificates.ServerCertificate, certificates.ServerKey);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate)));
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Map("/{**path}", async (HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            Received.Enqueue($"{context.Request.Path} {context.Request.Headers.Authorization} {await reader.ReadToEndAsync()}");
            return Results.Text("""{"operation":"os_install"}""", "application/json");
        });
    }

    public ConcurrentQueue<string> Received { get; } = [];

    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public static async Task<TlsListener> StartAsync(TestCertificates certificates)
    {
        var listener = new TlsListener(certificates);
        await listener._app.StartAsync();
        return listener;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _certificate.Dispose();
    }
}
