using LpmOs.Core.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LpmOs.Core.Tests.Hosting;

public sealed class ServiceConsoleTests
{
    [Theory]
    [InlineData("sn-1\n2026-01-01T00:00:00.000Z info: LpmOs[1] sn-2 approved", @"sn-1\u000a2026-01-01T00:00:00.000Z info: LpmOs[1] sn-2 approved")]
    [InlineData("a\r\u001b[2J\u0007\u009b31mb", @"a\u000d\u001b[2J\u0007\u009b31mb")]
    [InlineData("x\u202egnp.exe\u2028y\u2066z", @"x\u202egnp.exe\u2028y\u2066z")]
    [InlineData("审批通过 – schön", "审批通过 – schön")]
    public void What_machines_and_people_send_stays_text_on_one_line(string text, string shown)
    {
        var line = Write(text, null);
        Assert.EndsWith($" info: LpmOs.Test[7] [dc1] {shown}{Environment.NewLine}", line, StringComparison.Ordinal);
        Assert.Single(line.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void An_exception_stays_on_its_line_too()
    {
        var line = Write("broken", new InvalidOperationException("first\n\u001b]0;second"));
        Assert.Single(line.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain('\u001b', line);
        Assert.Contains("second", line, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_service_says_itself_when_it_does_not_start_has_no_second_line_and_all_else_keeps_its_stack_trace()
    {
        const string Host = "Microsoft.Extensions.Hosting.Internal.Host";
        Exception known = new SettingException("Boot:Tftp:Port", "69", "a free one"), unknown = new InvalidOperationException("nobody foresaw it");
        Assert.Empty(Write("Hosting failed to start", known, Host, 11));
        Assert.Contains("nobody foresaw it", Write("Hosting failed to start", unknown, Host, 11), StringComparison.Ordinal);
        // A part that fails later.
        Assert.Contains("Boot:Tftp:Port", Write("BackgroundService failed", known, Host, 9), StringComparison.Ordinal);
        Assert.Contains("Boot:Tftp:Port", Write("not read", known), StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_without_end_is_cut() => Assert.EndsWith($"xx [cut]{Environment.NewLine}", Write(new string('x', 1_000_000), null), StringComparison.Ordinal);

    private static string Write(string text, Exception? exception, string category = "LpmOs.Test", int id = 7)
    {
        using var writer = new StringWriter();
        var entry = new LogEntry<string>(LogLevel.Information, category, id, text, exception, (state, _) => $"[dc1] {state}");
        new ServiceConsoleFormatter().Write(entry, null, writer);
        return writer.ToString();
    }
}
