using LpmOs.Agent.Workflow;
using LpmOs.Testing;

namespace LpmOs.Agent.Tests.Workflow;

public sealed class StartTimesTests
{
    [Fact]
    public void Marks_of_both_are_told_in_the_order_of_time_and_what_is_none_is_left_out()
    {
        using var folder = new TemporaryFolder();
        var (marks, uptime) = (folder.File("start-times"), folder.File("uptime"));
        File.WriteAllText(marks, "init 1.91\nnetwork 5.26\nrubbish\ndrivers x\n\u001b[2J 1\n");
        var times = new StartTimes(marks, uptime);
        times.Mark("too_early");
        File.WriteAllText(uptime, "4.12 7.00\n");
        times.Mark("run_time");
        File.WriteAllText(uptime, "6.60 9.00\n");
        times.Mark("report_accepted");
        var text = times.Text()!;
        Assert.EndsWith("init 1.9, run_time 4.1, network 5.3, report_accepted 6.6", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text, char.IsControl);
        Assert.Null(new StartTimes(folder.File("none"), folder.File("none")).Text());
    }
}
