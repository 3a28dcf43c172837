using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LpmOs.Contracts;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;
using LpmOs.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LpmOs.Agent.Tests;

/// <summary>A regional service on loopback that follows the contract, or misbehaves as a test tells it to. Can be stopped and started on its port.</summary>
internal sealed class FakeRegional : IAsyncDisposable
{
    private WebApplication? _app;
    private TestCertificates? _certificates;
    private int _port;

    public Uri Url => new($"{(_certificates is null ? "http" : "https")}://127.0.0.1:{_port}/");
    public ConcurrentQueue<HardwareReport> Reports { get; } = new();
    public ConcurrentQueue<ProgressReport> Progress { get; } = new();
    public ConcurrentQueue<NextOperationRequest> Asked { get; } = new();
    public ConcurrentQueue<LogBatch> Logs { get; } = new();
    public ConcurrentQueue<InstalledReport> Installed { get; } = new();
    public ConcurrentQueue<WipeReport> Wipes { get; } = new();
    public ConcurrentQueue<string?> Authorizations { get; } = new();

    /// <summary>Called before a request is served; true: it has answered (badly) itself.</summary>
    public Func<HttpContext, Task<bool>> Misbehave { get; set; } = _ => Task.FromResult(false);
    public Func<AssignedTask?> Assigned { get; set; } = () => null;
    public Func<NextOperationRequest, NextOperation> Next { get; set; } = request => new() { Operation = OperationNames.Complete, TaskId = request.TaskId, Attempt = 1 };
    public Func<ProgressReport, string> Directive { get; set; } = _ => Directives.Continue;

    /// <summary>What the call that is held open while an agent works is answered with; by itself it is held until the agent gives it up.</summary>
    public Func<HttpContext, Task<string>> Held { get; set; } = async context =>
    {
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Directives.Continue;
    };

    /// <param name="certificates">Speaks TLS with these.</param>
    public static async Task<FakeRegional> StartAsync(TestCertificates? certificates = null)
    {
        var fake = new FakeRegional { _certificates = certificates };
        await fake.ListenAsync();
        return fake;
    }

    public async Task ListenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, _port, listen =>
        {
            if (_certificates is { } tls)
                listen.UseHttps(System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPemFile(tls.ServerCertificate, tls.ServerKey));
        }));
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(HandleAsync);
        await _app.StartAsync();
        _port = new Uri(_app.Urls.First()).Port;
    }

    /// <summary>Goes away at once, open connections included.</summary>
    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await app.StopAsync(now.Token);
            await app.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task HandleAsync(HttpContext context)
    {
        Authorizations.Enqueue(context.Request.Headers.Authorization);
        if (await Misbehave(context))
            return;
        switch (context.Request.Method, context.Request.Path.Value)
        {
            case ("POST", "/api/v1/report"):
                Reports.Enqueue(await ReadAsync(context, ContractsJson.Default.HardwareReport));
                await WriteAsync(context, 200, new HardwareReportAnswer { Message = "stored", Matched = Assigned() is not null }, ContractsJson.Default.HardwareReportAnswer);
                break;
            case ("POST", "/api/v1/wipes"):
                Wipes.Enqueue(await ReadAsync(context, ContractsJson.Default.WipeReport));
                await WriteAsync(context, 200, new Acknowledgement { Message = "Certificate kept" }, ContractsJson.Default.Acknowledgement);
                break;
            case ("GET", { } path) when path.StartsWith("/api/v1/task/", StringComparison.Ordinal):
                if (Assigned() is { } task)
                    await WriteAsync(context, 200, task, ContractsJson.Default.AssignedTask);
                else
                    await WriteAsync(context, 404, new ProblemAnswer { Title = "No task assigned yet", Status = 404, Code = "no_task" }, ContractsJson.Default.ProblemAnswer);
                break;
            case ("GET", { } path) when path.StartsWith("/api/v1/directive/", StringComparison.Ordinal):
                await WriteAsync(context, 200, new DirectiveAnswer { Message = "told", Directive = await Held(context) }, ContractsJson.Default.DirectiveAnswer);
                break;
            case ("POST", "/api/v1/progress"):
                var progress = await ReadAsync(context, ContractsJson.Default.ProgressReport);
                Progress.Enqueue(progress);
                await WriteAsync(context, 200, new ProgressAnswer { Message = "ok", Directive = Directive(progress) }, ContractsJson.Default.ProgressAnswer);
                break;
            case ("POST", "/api/v1/operations/next"):
                var asked = await ReadAsync(context, ContractsJson.Default.NextOperationRequest);
                Asked.Enqueue(asked);
                await WriteAsync(context, 200, Next(asked), ContractsJson.Default.NextOperation);
                break;
            case ("POST", "/api/v1/logs"):
                Logs.Enqueue(await ReadAsync(context, ContractsJson.Default.LogBatch));
                await WriteAsync(context, 200, new Acknowledgement { Message = "ok" }, ContractsJson.Default.Acknowledgement);
                break;
            case ("POST", "/api/v1/installed"):
                Installed.Enqueue(await ReadAsync(context, ContractsJson.Default.InstalledReport));
                await WriteAsync(context, 200, new Acknowledgement { Message = "ok" }, ContractsJson.Default.Acknowledgement);
                break;
            default:
                context.Response.StatusCode = 404;
                break;
        }
    }

    private static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type) =>
        await JsonSerializer.DeserializeAsync(context.Request.Body, type) ?? throw new InvalidOperationException("An empty body");

    private static async Task WriteAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(value, type));
    }
}
