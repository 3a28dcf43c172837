using LpmOs.Boot.Assets;
using LpmOs.Boot.Images;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LpmOs.Boot.Tests.Http;

/// <summary>The real service on loopback over an embedded store, without DHCP and TFTP.</summary>
public sealed class HttpFixture : IAsyncLifetime
{
    private WebApplication? _app;

    /// <summary>Tests are their own mirrors.</summary>
    public bool AllowLoopback { get; init; } = true;
    public string Folder { get; } = Directory.CreateTempSubdirectory("lpmos-http-").FullName;
    public HttpClient Client { get; private set; } = new();
    internal IStateStore Store => _app!.Services.GetRequiredService<IStateStore>();
    internal WatchedState State => _app!.Services.GetRequiredService<WatchedState>();
    internal AssetKeeper Assets => _app!.Services.GetServices<IHostedService>().OfType<AssetKeeper>().Single();
    /// <summary>One of our own, beside the service's, as in a site with two boot services.</summary>
    internal ImagePublisher Publisher { get; private set; } = null!;
    public byte[] Content { get; } = new byte[1_000_003];

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "files", "boot"));
        Directory.CreateDirectory(Path.Combine(Folder, "files", "images"));
        new Random(2).NextBytes(Content);
        await File.WriteAllBytesAsync(Path.Combine(Folder, "files", "boot", "initramfs"), Content);
        await File.WriteAllTextAsync(Path.Combine(Folder, "files", "boot", "x.efi"), "MZ");
        await File.WriteAllTextAsync(Path.Combine(Folder, "secret"), "s");
        _app = BootService.Build(["--Boot:Urls=http://127.0.0.1:0", "--Boot:Tftp:Enabled=false", "--Store:Provider=embedded", $"--Store:Embedded:Path={Folder}/store.db",
            $"--Boot:FilesPath={Folder}/files", $"--Templates:Path={Repository.Templates}", "--Boot:PublicUrl=http://boot.test:8082", $"--Boot:Assets:AllowLoopback={AllowLoopback}"]);
        await _app.StartAsync();
        await State.Ready;
        Publisher = ActivatorUtilities.CreateInstance<ImagePublisher>(_app.Services);
        // The service makes its signing key once it has read the store; without it there are no scripts.
        while (State.Current.MachineTokenKey.IsEmpty)
            await State.CatchUpAsync(Keys.MachineTokenSecret, State.Current.Revision + 1, CancellationToken.None);
        Client = new HttpClient { BaseAddress = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Publisher.Dispose();
        await _app!.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
