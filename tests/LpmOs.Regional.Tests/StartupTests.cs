using System.Net;
using System.Net.Http.Json;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Store;
using LpmOs.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace LpmOs.Regional.Tests;

/// <summary>A service that was restarted in the middle of an installation, before it has read its store.</summary>
public sealed class StartupTests
{
    [Fact]
    public async Task An_agent_at_work_is_never_told_that_its_task_does_not_exist_because_the_service_has_just_started()
    {
        var (sn, mac, id) = Samples.Machine();
        await using var temporary = TemporaryStore.Embedded();
        await temporary.Store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(Keys.Task("dc1", sn), TaskStore.Serialize(Samples.Task(sn, mac, id, TaskState.Installing)))] }, CancellationToken.None);
        var store = new FaultyStore(temporary.Store) { ListsFail = true };
        await using var app = RegionalService.Build(["--Regional:Urls=http://127.0.0.1:0", $"--Templates:Path={Repository.Templates}"], builder => builder.Services.AddSingleton<IStateStore>(store));
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
        async Task<HttpStatusCode> ReportAsync() =>
            (await http.PostAsJsonAsync("/api/v1/progress", new { sn, task_id = id, step = "downloading", percent = 61 }, TestContext.Current.CancellationToken)).StatusCode;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReportAsync());
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/healthz", TestContext.Current.CancellationToken)).StatusCode);
        store.ListsFail = false;
        await app.Services.GetRequiredService<LpmOs.Core.Snapshot.WatchedState>().Ready;
        Assert.Equal(HttpStatusCode.OK, await ReportAsync());
        await app.StopAsync(TestContext.Current.CancellationToken);
    }
}
