using LpmOs.Boot.Scripts;
using LpmOs.Core.Hosting;
using Microsoft.Extensions.Logging;

namespace LpmOs.Boot.Tests.Scripts;

public sealed class ScriptLogTests
{
    private static readonly BootDecision Waits = new(BootKind.Agent, "no task asks for this machine", null), Disk = new(BootKind.LocalDisk, "installed", null);
    private readonly ManualTime _time = new();
    private readonly Lines _lines = new();
    private readonly ScriptLog _log;

    public ScriptLogTests() => _log = new ScriptLog(new Site("dc1"), _time, _lines);

    [Fact]
    public void A_machine_that_asks_again_and_is_told_the_same_has_one_line_a_minute()
    {
        for (var second = 0; second < 130; second += 2)
        {
            _log.Decided(Machine(1), Waits);
            _time.Advance(TimeSpan.FromSeconds(2));
        }
        Assert.Equal(3, _lines.Count);
    }

    [Fact]
    public void Another_machine_decision_or_serial_number_is_news_at_once()
    {
        _log.Decided(Machine(1), Waits);
        _log.Decided(Machine(2), Waits);
        _log.Decided(Machine(1), Disk);
        _log.Decided(Machine(1), Waits);
        _log.Decided(Machine(1, "ANOTHER"), Waits);
        Assert.Equal(5, _lines.Count);
        Assert.Contains("SN ANOTHER", _lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_mac_each_has_its_line()
    {
        var request = BootRequest.Create(null, "SN-1", null, null, null, null, null, out _)!;
        _log.Decided(request, Waits);
        _log.Decided(request, Waits);
        Assert.Equal(2, _lines.Count);
    }

    private static BootRequest Machine(int number, string serial = "SN-1") => BootRequest.Create($"52:54:00:00:00:{number:x2}", serial, null, "efi", "x86_64", null, null, out _)!;

    private sealed class Lines : List<string>, ILogger<ScriptLog>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Add(formatter(state, exception));
    }
}
