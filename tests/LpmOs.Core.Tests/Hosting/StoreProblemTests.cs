using System.Text.Json;
using LpmOs.Core.Hosting;
using LpmOs.Core.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Tests.Hosting;

/// <summary>What a caller reads when the store does not do what it was asked for.</summary>
public sealed class StoreProblemTests
{
    [Theory]
    [InlineData(true, "store_refused", "Until that is done it answers the same again.")]
    [InlineData(false, "store_unavailable", "try again in a few seconds")]
    public async Task Who_is_told_to_wait_is_helped_by_waiting(bool refused, string code, string then)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddProblems();
        await using var app = builder.Build();
        app.UseProblems();
        app.MapGet("/", string () => throw new StoreUnavailableException("etcd's space is used up: compact it.", outcomeUnknown: false) { Refused = refused });
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var answer = await http.GetAsync("/", TestContext.Current.CancellationToken);
        Assert.Equal(503, (int)answer.StatusCode);
        Assert.Null(answer.Headers.RetryAfter);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal(code, problem.GetProperty("code").GetString());
        var detail = problem.GetProperty("detail").GetString()!;
        Assert.StartsWith("etcd's space is used up: compact it.", detail, StringComparison.Ordinal);
        Assert.Contains(then, detail, StringComparison.Ordinal);
        Assert.Equal(refused, !detail.Contains("seconds", StringComparison.Ordinal));
        await app.StopAsync(TestContext.Current.CancellationToken);
    }
}
