using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Hosting.Tls;

/// <summary>TLS for the https addresses of a service.</summary>
internal static class TlsRegistration
{
    /// <param name="service">Name of the service in the configuration.</param>
    /// <exception cref="SettingException">There is an https address and no certificate that could be used.</exception>
    public static void AddTls(this WebApplicationBuilder builder, string service, IReadOnlyList<string> urls)
    {
        if (TlsFiles.Read(builder.Configuration, service, urls) is not { } files)
            return;
        var first = Load(files);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(provider => new ServerCertificate(files, first, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ServerCertificate>>()));
        builder.Services.AddHostedService(provider => provider.GetRequiredService<ServerCertificate>());
        builder.Services.AddHealthChecks().AddCheck<CertificateHealthCheck>("certificate", tags: ["ready"]);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https =>
        {
            var certificate = kestrel.ApplicationServices.GetRequiredService<ServerCertificate>();
            // RFC 8996: nothing older.
            https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
            https.ServerCertificateSelector = (_, _) => certificate.Current.Leaf;
            // Who it belongs to is judged by the service, which answers those without one, or with another, in words.
            if (service == "Tasks" && builder.Configuration["Auth:ClientCaFile"]?.Trim() is { Length: > 0 })
            {
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.AllowAnyClientCertificate();
            }
            // The selector gives the certificate alone; clients need what is between it and their authority, too.
            https.OnAuthenticate = (_, tls) =>
            {
                tls.ServerCertificateContext = certificate.Current.Context;
                tls.ServerCertificateSelectionCallback = null;
            };
        }));
    }

    private static LoadedCertificate Load(TlsFiles files)
    {
        try
        {
            var (cert, key, digest) = LoadedCertificate.ReadFiles(files);
            return LoadedCertificate.Parse(files, cert, key, digest);
        }
        catch (InvalidDataException e)
        {
            throw new SettingException($"{files.Section}:CertFile", files.CertFile, $"a PEM file that can be used with {files.Section}:KeyFile; {e.Message}");
        }
    }
}
