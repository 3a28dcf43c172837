using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LpmOs.Agent.Tests.Install.HandOver;

/// <summary>A boot service on loopback: files by path, and an answer for the command line.</summary>
internal sealed class FakeBootService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeBootService(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First() + "/");
    public Dictionary<string, byte[]> Files { get; } = [];
    public (int Status, string Text) CommandLine { get; set; } = (200, "auto=true url=http://10.0.0.1/preseed.cfg --- console=ttyS0\n");
    public List<string> Asked { get; } = [];

    public static async Task<FakeBootService> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var boot = new FakeBootService(builder.Build());
        boot._app.Run(boot.ServeAsync);
        await boot._app.StartAsync();
        return boot;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        Asked.Add(path);
        if (path.StartsWith("/install/", StringComparison.Ordinal))
        {
            context.Response.StatusCode = CommandLine.Status;
            await context.Response.WriteAsync(CommandLine.Text);
            return;
        }
        if (!Files.TryGetValue(path, out var content))
        {
            context.Response.StatusCode = 404;
            return;
        }
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content);
    }
}
