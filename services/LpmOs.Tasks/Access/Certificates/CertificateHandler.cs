using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace LpmOs.Tasks.Access.Certificates;

/// <summary>A request on a connection with a client's certificate, and without token and session.</summary>
internal sealed class CertificateHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ClientCertificates certificates)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Context.Connection.ClientCertificate is { } certificate && await certificates.CallerAsync(certificate, Context) is { } caller
            ? AuthenticateResult.Success(new AuthenticationTicket(caller.Principal(AccessSchemes.Certificate), AccessSchemes.Certificate)) : AuthenticateResult.Fail("the certificate is nobody's here");
}
