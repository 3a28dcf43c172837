using LpmOs.Core.Store.Etcd;
using LpmOs.Testing;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Tests.Store.Etcd;

/// <summary>One plain etcd for a class of tests.</summary>
public sealed class EtcdFixture : IAsyncLifetime
{
    public EtcdProcess Etcd { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Etcd = await EtcdProcess.StartAsync();

    public ValueTask DisposeAsync() => Etcd.DisposeAsync();
}

internal static class EtcdStores
{
    public static EtcdStore Open(params IReadOnlyList<Uri> endpoints) => Open(new EtcdOptions { Endpoints = endpoints });

    public static EtcdStore Open(EtcdOptions options) => new(options, TimeProvider.System, new TestLogger<EtcdStore>());
}

/// <summary>What the store logs shows up in the test's output.</summary>
internal sealed class TestLogger<T> : ILogger<T>
{
    private readonly ITestOutputHelper? _output = TestContext.Current.TestOutputHelper;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            _output?.WriteLine($"{logLevel}: {formatter(state, exception)}");
        }
        catch (InvalidOperationException)
        {
            // The test is over; the store's last words come too late.
        }
    }
}
