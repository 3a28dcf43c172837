using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Store;
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
        await using var service = await StartAsync(store.Store, site);

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
        await service.State.CatchUpAsync(Keys.User("lpmos"), (await store.Store.GetAsync(Keys.User("lpmos"), TestContext.Current.CancellationToken))!.ModRevision, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(service, site, HttpMethod.Get, "/api/v1/tasks")).Status);
        // That it was used is on record once, not with each request.
        Assert.StartsWith("by certificate", Assert.Single(await LoginsAsync(store.Store)).GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_common_name_is_a_users_name()
    {
        await using var store = TemporaryStore.Embedded();
        using var site = new TestCertificates();
        await People.PutAsync(store.Store, People.User("admin", People.Grant(Role.Administrator)), People.User("alice", People.Grant(Role.Operator, "dc1")));
        await using var service = await StartAsync(store.Store, site);
        // What certificates of workloads and for mail have in its place; two names; a name of several attributes together.
        foreach (var subject in new[] { "C=CN, OU=alice", "C=CN, O=alice", "E=alice", "CN=alice, CN=bob", "CN=bob, CN=alice", "CN=alice + OU=ops", "OU=alice, CN=bob" })
        {
            site.RenewClient(subject);
            Assert.Equal((subject, HttpStatusCode.Unauthorized), (subject, (await SendAsync(service, site, HttpMethod.Get, "/api/v1/tasks")).Status));
        }
        site.RenewClient("C=CN, OU=ops, CN=alice");
        Assert.Equal("alice", (await SendAsync(service, site, HttpMethod.Get, "/api/v1/me")).Body.GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_first_request_that_is_broken_off_does_not_keep_the_use_of_a_certificate_off_the_record()
    {
        await using var temporary = TemporaryStore.Embedded();
        using var site = new TestCertificates();
        await People.PutAsync(temporary.Store, People.User("admin", People.Grant(Role.Administrator)), People.User("lpmos", People.Grant(Role.Operator, "dc1")));
        var brokenOff = false;
        var store = new FaultyStore(temporary.Store)
        {
            CommitsFail = transaction =>
            {
                if (brokenOff || !transaction.Writes.Any(write => write.Value is { } value && value.Span.IndexOf("login.succeeded"u8) >= 0))
                    return false;
                brokenOff = true;
                throw new OperationCanceledException();
            },
        };
        await using var service = await StartAsync(store, site);
        Assert.NotEqual(HttpStatusCode.OK, (await SendAsync(service, site, HttpMethod.Get, "/api/v1/tasks")).Status);
        Assert.True(brokenOff);
        for (var again = 0; again < 2; again++)
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(service, site, HttpMethod.Get, "/api/v1/tasks")).Status);
        Assert.Single(await LoginsAsync(temporary.Store));
    }

    [Fact]
    public async Task A_connection_that_is_still_open_is_nobodys_when_its_certificate_has_ended()
    {
        await using var store = TemporaryStore.Embedded();
        using var site = new TestCertificates();
        await People.PutAsync(store.Store, People.User("admin", People.Grant(Role.Administrator)), People.User("lpmos", People.Grant(Role.Operator, "dc1")));
        var time = new Clock();
        await using var service = await StartAsync(store.Store, site, time);
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using var certificate = X509Certificate2.CreateFromPemFile(site.ClientCertificate, site.ClientKey);
        handler.ClientCertificates.Add(certificate);
        using var http = new HttpClient(handler) { BaseAddress = service.Address };
        foreach (var (seconds, status) in new[] { (-30, HttpStatusCode.OK), (-5, HttpStatusCode.OK), (5, HttpStatusCode.Unauthorized), (100, HttpStatusCode.Unauthorized) })
        {
            time.Now = new DateTimeOffset(certificate.NotAfter).AddSeconds(seconds);
            using var answer = await http.GetAsync("/api/v1/tasks", TestContext.Current.CancellationToken);
            Assert.Equal((seconds, status), (seconds, answer.StatusCode));
        }
    }

    /// <summary>The time of day as a test says; timers run by the real one.</summary>
    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private static Task<RunningTasksService> StartAsync(IStateStore store, TestCertificates site, TimeProvider? time = null) => RunningTasksService.StartAsync(store, time,
        "--Auth:Mode=users", "--Tasks:Urls=https://127.0.0.1:0", $"--Tls:CertFile={site.ServerCertificate}", $"--Tls:KeyFile={site.ServerKey}", $"--Auth:ClientCaFile={site.Authority}");

    private static async Task<List<JsonElement>> LoginsAsync(IStateStore store) => [.. (await store.ListAsync(Keys.Audit("global"), null, 1000, 0, TestContext.Current.CancellationToken)).Entries
        .Select(entry => JsonDocument.Parse(entry.Value).RootElement).Where(record => record.GetProperty("action").GetString() == "login.succeeded")];

    [Fact]
    public async Task Another_file_of_authorities_is_taken_without_a_restart_and_half_a_file_locks_nobody_out()
    {
        await using var store = TemporaryStore.Embedded();
        using var folder = new TemporaryFolder();
        using var site = new TestCertificates();
        using var other = new TestCertificates();
        var file = folder.File("authorities.pem");
        File.Copy(site.Authority, file);
        await People.PutAsync(store.Store, People.User("lpmos", People.Grant(Role.Operator, "dc1")));
        await using var service = await RunningTasksService.StartAsync(store.Store, null, "--Auth:Mode=users", "--Tasks:Urls=https://127.0.0.1:0", $"--Tls:CertFile={site.ServerCertificate}", $"--Tls:KeyFile={site.ServerKey}", $"--Auth:ClientCaFile={file}");
        Assert.Equal(HttpStatusCode.OK, await MeAsync(site));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(other));

        // Both, as while people change over; then the new one alone.
        await File.WriteAllTextAsync(file, await File.ReadAllTextAsync(site.Authority, TestContext.Current.CancellationToken) + "\n" + await File.ReadAllTextAsync(other.Authority, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        await UntilAsync(async () => await MeAsync(other) == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, await MeAsync(site));
        File.Copy(other.Authority, file, overwrite: true);
        await UntilAsync(async () => await MeAsync(site) == HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, await MeAsync(other));

        await File.WriteAllTextAsync(file, "-----BEGIN CERTIFICATE-----\nMIIB", TestContext.Current.CancellationToken);
        await UntilAsync(async () => (await ReadyAsync()).Contains("Auth:ClientCaFile", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, await MeAsync(other));

        async Task<HttpStatusCode> MeAsync(TestCertificates certificates) => (await SendAsync(service, certificates, HttpMethod.Get, "/api/v1/tasks")).Status;

        async Task<string> ReadyAsync()
        {
            using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
            using var http = new HttpClient(handler) { BaseAddress = service.Address };
            return await http.GetStringAsync("/readyz", TestContext.Current.CancellationToken);
        }

        static async Task UntilAsync(Func<Task<bool>> holds)
        {
            for (var looks = 0; !await holds(); looks++)
            {
                Assert.True(looks < 600, "It did not come about.");
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }
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
