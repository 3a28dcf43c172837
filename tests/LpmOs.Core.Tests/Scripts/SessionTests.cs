using System.Diagnostics;
using System.Globalization;
using LpmOs.Testing;

namespace LpmOs.Core.Tests.Scripts;

/// <summary>build/session.sh, which make bench and make twins run in: what they started is ended and removed, however they end.</summary>
public sealed class SessionTests
{
    /// <summary>In the session, in a group of its own, in a session of its own, and one that ends only when it has been asked to. Each ends by itself after the test has failed.</summary>
    private const string Started = """
        sleep 300 & echo "started $!"
        timeout 400 sleep 300 & echo "started $!"
        setsid sleep 300 & echo "started $!"
        bash -c 'trap "exit 0" TERM; sleep 300 & wait' & echo "started $!"
        touch "$TMPDIR/file"
        """;

    [Theory]
    [InlineData("INT", true)]
    [InlineData("TERM", false)]
    public async Task Interrupted_it_leaves_nothing(string signal, bool wholeGroup)
    {
        using var folder = new TemporaryFolder();
        await using var script = await StartAsync(folder, $"{Started}\necho ready\nwait");
        await script.ReadyAsync();
        Assert.Single(Directory.GetFileSystemEntries(folder.File("tmp")));
        await SignalAsync(signal, wholeGroup ? -script.Id : script.Id);
        Assert.Equal(130, await script.ExitCodeAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken));
        Assert.Contains("try: interrupted; what was started is being ended and removed", script.Output, StringComparison.Ordinal);
        await NothingIsLeftAsync(folder, script.Output);
    }

    [Fact]
    public async Task Ended_by_itself_it_leaves_nothing_either_and_has_the_command_s_code()
    {
        using var folder = new TemporaryFolder();
        await using var script = await StartAsync(folder, $"{Started}\nexit 7");
        Assert.Equal(7, await script.ExitCodeAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken));
        await NothingIsLeftAsync(folder, script.Output);
    }

    /// <summary>A script that sources it and runs this command, in a group of its own as a terminal would give it.</summary>
    private static async Task<ServerProcess> StartAsync(TemporaryFolder folder, string command)
    {
        Directory.CreateDirectory(folder.File("tmp"));
        await File.WriteAllTextAsync(folder.File("command"), command, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("script"), $$"""
            cd '{{Repository.Root}}'
            . build/session.sh try
            remove() { rm '{{folder.File("namespace")}}'; }
            touch '{{folder.File("namespace")}}'
            run bash '{{folder.File("command")}}' 2> '{{folder.File("elsewhere")}}'
            """, TestContext.Current.CancellationToken);
        // Whoever runs the tests may ignore these signals, and a shell cannot trap what was ignored when it began.
        return ServerProcess.Start("env", ["--default-signal=INT,TERM,HUP", $"TMPDIR={folder.File("tmp")}", "setsid", "bash", folder.File("script")], line => line == "ready");
    }

    private static async Task NothingIsLeftAsync(TemporaryFolder folder, string output)
    {
        var started = output.Split('\n').Where(line => line.StartsWith("started ", StringComparison.Ordinal)).Select(line => int.Parse(line[8..], CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(4, started.Count);
        for (var looks = 0; started.Any(IsAlive); looks++)
        {
            Assert.True(looks < 600, $"{string.Join(", ", started.Where(IsAlive))} of {output} are still there.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        Assert.Empty(Directory.GetFileSystemEntries(folder.File("tmp")));
        Assert.False(File.Exists(folder.File("namespace")), "What the caller's own function removes is still there.");
    }

    /// <summary>A zombie has ended; whether anybody reaps it is up to the system's first process.</summary>
    private static bool IsAlive(int id)
    {
        try
        {
            var state = File.ReadAllText($"/proc/{id}/stat");
            return state[(state.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task SignalAsync(string signal, int id)
    {
        using var kill = Process.Start("bash", ["-c", $"kill -{signal} -- {id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }
}
