using System.Net;
using System.Net.Http.Headers;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Testing;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace LpmOs.Regional.Tests;

public sealed class RequestLimitTests
{
    [Fact]
    public async Task A_machine_that_runs_wild_is_slowed_down_and_its_neighbours_behind_the_same_address_are_not()
    {
        await using var store = TemporaryStore.Embedded();
        await using var app = RegionalService.Build(
            ["--Regional:Urls=http://127.0.0.1:0", $"--Templates:Path={Repository.Templates}", "--Regional:Limits:PerMachine=1"], builder => builder.Services.AddSingleton<IStateStore>(store.Store));
        await app.StartAsync(TestContext.Current.CancellationToken);
        await app.Services.GetRequiredService<WatchedState>().Ready;
        using var http = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
        // Whether a token is good is looked at later: one that is not costs no less.
        var wild = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => AskAsync(http, "wild")));
        var refused = wild.Where(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        Assert.NotEmpty(refused);
        Assert.True(refused[0].Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        Assert.Equal("too_many_requests", (await RegionalFixture.JsonAsync(refused[0])).GetProperty("code").GetString());
        var neighbours = await Task.WhenAll(Enumerable.Range(0, 300).Select(machine => AskAsync(http, $"calm-{machine}")));
        Assert.DoesNotContain(neighbours, answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void What_somebody_made_up_is_not_remembered_at_its_full_length()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = "Bearer " + new string('x', 15_000);
        Assert.Equal(43, MachineTokenFilter.TokenMark(context)!.Length);
        context.Request.Headers.Authorization = "Bearer short";
        Assert.Equal("short", MachineTokenFilter.TokenMark(context));
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient http, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/task/SN-1");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
