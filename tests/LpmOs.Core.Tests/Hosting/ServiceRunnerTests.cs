using LpmOs.Core.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Tests.Hosting;

public sealed class ServiceRunnerTests
{
    [Fact]
    public async Task When_a_part_of_one_service_fails_the_whole_process_ends_and_says_so_with_its_exit_code()
    {
        var failure = new TaskCompletionSource();
        var (failing, healthy) = (App(services => services.AddHostedService(_ => new Part(failure.Task))), App(_ => { }));
        var run = ServiceRunner.RunAsync(() => [failing, healthy]);
        failure.SetException(new InvalidOperationException("a part of the service ends"));
        var code = await run.WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
        Assert.NotEqual(0, code);
    }

    private static WebApplication App(Action<IServiceCollection> add)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        add(builder.Services);
        return builder.Build();
    }

    private sealed class Part(Task work) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => work;
    }
}
