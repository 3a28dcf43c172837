using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LpmOs.Regional.Tests;

/// <summary>The roles that packaging/etcd-roles.sh makes, against an etcd that insists on them.</summary>
public sealed class EtcdRolesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_regional_service_works_with_the_rights_to_its_own_IDC_and_has_no_others()
    {
        await using var etcd = await EtcdProcess.StartAsync(new() { Flags = ["--bcrypt-cost", "4"] });
        var passwords = await MakeRolesAsync(etcd, null, "--enable", "dc1", "dc2");
        Assert.Equal(["lpmos-dc1", "lpmos-dc2", "lpmos-tasks", "root"], passwords.Keys.Order(StringComparer.Ordinal));
        // Again, with another IDC: those that are there keep their passwords.
        Assert.Equal(["lpmos-dc3"], (await MakeRolesAsync(etcd, $"root:{passwords["root"]}", "dc1", "dc3")).Keys);

        await using var tasks = Store(etcd, "lpmos-tasks", passwords);
        var everything = tasks.GetRequiredService<IStateStore>();
        await MachineTokenKey.EnsureAsync(everything, Cancellation);
        await everything.CommitAsync(Put("/os/.access/users/alice"), Cancellation);
        await everything.CommitAsync(Put("/os/dc2/machines/SN-2/task"), Cancellation);

        await using (var app = await StartAsync(etcd, "dc1", passwords))
        {
            await app.Services.GetRequiredService<WatchedState>().Ready.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
            using var http = new HttpClient { BaseAddress = Address(app) };
            var (sn, mac, _) = Samples.Machine();
            using var answer = await http.PostAsJsonAsync("/api/v1/report", Samples.Report(sn, mac), Cancellation);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
            Assert.Contains(mac, await etcd.CtlAsync($"--user=root:{passwords["root"]}", "get", Keys.Meta("dc1", sn)), StringComparison.Ordinal);
            Assert.StartsWith("Healthy\n", await http.GetStringAsync("/readyz", Cancellation), StringComparison.Ordinal);
            // Its lease of presence, and its entry among the services.
            await UntilAsync(async () => (await etcd.CtlAsync($"--user=root:{passwords["root"]}", "get", "--prefix", "--keys-only", "/os/dc1/")) is var keys && keys.Contains($"{sn}/lease", StringComparison.Ordinal) && keys.Contains("/os/dc1/services/regional/", StringComparison.Ordinal));
            await app.StopAsync(Cancellation);
        }

        await using var site = Store(etcd, "lpmos-dc1", passwords);
        var store = site.GetRequiredService<IStateStore>();
        Assert.True((await store.CommitAsync(Put("/os/dc1/machines/SN-1/task"), Cancellation)).Applied);
        foreach (var key in (string[])["/os/dc2/machines/SN-2/task", "/os/dc10/machines/SN-2/task", Keys.MachineTokenSecret, "/os/.access/users/mallory", "/os/global/templates/x", "/os/global/profiles/x/1", "/os/global/audit/x", "/elsewhere"])
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.CommitAsync(Put(key), Cancellation));
        foreach (var prefix in (string[])["/os/dc2/", "/os/.access/", "/os/global/webhooks/", "/os/"])
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.ListAsync(prefix, null, 10, 0, Cancellation));
        Assert.NotNull(await store.GetAsync(Keys.MachineTokenSecret, Cancellation));
        Assert.Equal("value", Encoding.UTF8.GetString((await everything.GetAsync("/os/dc2/machines/SN-2/task", Cancellation))!.Value.Span));

        // A service that is told another IDC than its user's knows nothing of it.
        await using var foreign = await StartAsync(etcd, "dc2", passwords, "lpmos-dc1");
        using var client = new HttpClient { BaseAddress = Address(foreign) };
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/readyz", Cancellation)).StatusCode);
        await foreign.StopAsync(Cancellation);
    }

    private static StoreTransaction Put(string key) => new() { Writes = [StoreWrite.Put(key, "value"u8.ToArray())] };

    private static Uri Address(WebApplication app) => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    private static async Task<WebApplication> StartAsync(EtcdProcess etcd, string idc, IReadOnlyDictionary<string, string> passwords, string? user = null)
    {
        var app = RegionalService.Build(["--Regional:Urls=http://127.0.0.1:0", $"--Idc={idc}", $"--Templates:Path={Repository.Templates}", .. Settings(etcd, user ?? $"lpmos-{idc}", passwords).Select(setting => $"--{setting.Key}={setting.Value}")]);
        await app.StartAsync(Cancellation);
        return app;
    }

    private static ServiceProvider Store(EtcdProcess etcd, string user, IReadOnlyDictionary<string, string> passwords) =>
        new ServiceCollection().AddLogging().AddStateStore(new ConfigurationBuilder().AddInMemoryCollection(Settings(etcd, user, passwords)).Build(), StoreProvider.Etcd).BuildServiceProvider();

    private static Dictionary<string, string?> Settings(EtcdProcess etcd, string user, IReadOnlyDictionary<string, string> passwords) =>
        new() { ["Store:Etcd:Endpoints"] = etcd.Endpoint.GetLeftPart(UriPartial.Authority), ["Store:Etcd:Username"] = user, ["Store:Etcd:Password"] = passwords[user] };

    /// <returns>What it printed: user and password.</returns>
    private static async Task<Dictionary<string, string>> MakeRolesAsync(EtcdProcess etcd, string? user, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "packaging", "etcd-roles.sh"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ETCDCTL_ENDPOINTS"] = etcd.Endpoint.GetLeftPart(UriPartial.Authority);
        if (user is not null)
            start.Environment["ETCDCTL_USER"] = user;
        using var script = Process.Start(start)!;
        var (output, errors) = (script.StandardOutput.ReadToEndAsync(Cancellation), script.StandardError.ReadToEndAsync(Cancellation));
        await script.WaitForExitAsync(Cancellation);
        Assert.True(script.ExitCode == 0, await errors);
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(words => words[0], words => words[1]);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var looks = 0; !await holds(); looks++)
        {
            Assert.True(looks < 600, "It did not come about.");
            await Task.Delay(100, Cancellation);
        }
    }
}
