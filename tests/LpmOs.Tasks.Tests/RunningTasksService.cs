using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LpmOs.Tasks.Tests;

/// <summary>A real tasks service on a loopback port of its own.</summary>
internal sealed class RunningTasksService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningTasksService(WebApplication app, Uri address)
    {
        _app = app;
        Address = address;
        Http = new HttpClient { BaseAddress = address };
    }

    public Uri Address { get; }
    public HttpClient Http { get; }
    public WatchedState State => _app.Services.GetRequiredService<WatchedState>();

    public static async Task<RunningTasksService> StartAsync(IStateStore store, TimeProvider? time = null, params string[] settings)
    {
        var app = TasksService.Build(["--Tasks:Urls=http://127.0.0.1:0", $"--Templates:Path={Repository.Templates}", .. settings], builder =>
        {
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            builder.Services.AddSingleton(store);
            if (time is not null)
                builder.Services.AddSingleton(time);
        });
        await app.StartAsync();
        var state = app.Services.GetRequiredService<WatchedState>();
        await state.Ready;
        // What seals secrets is made behind the start, and until then they are answered 503.
        while (state.Current.MachineTokenKey.IsEmpty)
            await state.CatchUpAsync(Keys.MachineTokenSecret, state.Current.Revision + 1, CancellationToken.None);
        return new RunningTasksService(app, new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
