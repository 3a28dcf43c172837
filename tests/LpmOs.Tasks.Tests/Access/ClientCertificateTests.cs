using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using LpmOs.Core.Domain.Access;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Access;

/// <summary>People and programs that say who they are by a certificate, over real TLS.</summary>
public sealed class ClientCertificateTests
{
    [Fact]
    public async Task A_certificate_of_the_sites_authority_is_its_user_with_its_roles_and_no_other_is_anybody()
    {
        await using var store = TemporaryStore.Embedded();
        using var site = new TestCertificates();
        using var foreign = new TestCertificates();
        await People.PutAsync(store.Store, People.User("admin", People.Grant(Role.Administrator)), People.User("lpmos", People.Grant(Role.Operator, "dc1")));
        await using var service = await RunningTasksService.StartAsync(store.Store, null, "--Auth:Mode=users", "--Tasks:Urls=https://127.0.0.1:0", $"--Tls:CertFile={site.ServerCertificate}", $"--Tls:KeyFile={site.ServerKey}", $"--Auth:ClientCaFile={site.Authority}");

        var (status, me) = await SendAsync(service, site, HttpMethod.Get, "/api/v1/me");
        Assert.Equal((HttpStatusCode.OK, "lpmos", "certificate"), (status, me.GetProperty("name").GetString(), me.GetProperty("kind").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(service, site, HttpMethod.Get, "/api/v1/tasks")).Status);
        // The roles of the user, and not more.
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(service, site, HttpMethod.Get, "/api/v1/users")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(service, site, HttpMethod.Post, "/api/v1/users/lpmos/tokens", """{"description":"x"}""")).Status);
        // A page of somebody else makes a browser send the certificate along.
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(service, site, HttpMethod.Post, "/api/v1/tasks", "{}", origin: "https://evil.example")).Status);
        // Another authority's, of the same name; the server's own, whose name is no user; none.
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(service, foreign, HttpMethod.Get, "/api/v1/tasks")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(service, site, HttpMethod.Get, "/api/v1/tasks", server: true)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(service, null, HttpMethod.Get, "/api/v1/tasks")).Status);

        await People.PutAsync(store.Store, People.User(new UserAccount { Name = "lpmos", Roles = [People.Grant(Role.Operator, "dc1")], Disabled = true, CreatedAt = DateTimeOffset.UnixEpoch, CreatedBy = "test" }));
        await service.State.CatchUpAsync(LpmOs.Core.Store.Keys.User("lpmos"), (await store.Store.GetAsync(LpmOs.Core.Store.Keys.User("lpmos"), TestContext.Current.CancellationToken))!.ModRevision, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(service, site, HttpMethod.Get, "/api/v1/tasks")).Status);
        // That it was used is on record once, not with each request.
        var logins = (await store.Store.ListAsync(LpmOs.Core.Store.Keys.Audit("global"), null, 1000, 0, TestContext.Current.CancellationToken)).Entries
            .Select(entry => JsonDocument.Parse(entry.Value).RootElement).Where(record => record.GetProperty("action").GetString() == "login.succeeded");
        Assert.StartsWith("by certificate", Assert.Single(logins).GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(RunningTasksService service, TestCertificates? certificates, HttpMethod method, string path, string? body = null, bool server = false, string? origin = null)
    {
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using var certificate = certificates is null ? null : server ? X509Certificate2.CreateFromPemFile(certificates.ServerCertificate, certificates.ServerKey) : X509Certificate2.CreateFromPemFile(certificates.ClientCertificate, certificates.ClientKey);
        if (certificate is not null)
            handler.ClientCertificates.Add(certificate);
        using var http = new HttpClient(handler) { BaseAddress = service.Address };
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await TasksFixture.JsonAsync(answer));
    }
}
