using System.Text;
using LpmOs.Agent.Install;
using LpmOs.Agent.Install.Target;
using LpmOs.Contracts.Agents;

namespace LpmOs.Agent.Tests.Install;

/// <summary>Scripts of a plan, really run: on this host, in the chroot of a system on a loop device, and by the unit's program.</summary>
[Collection("loop devices")]
public sealed class ScriptTests
{
    private const string Needs = "Needs root, loop devices, sfdisk, zstd and busybox.";
    private static readonly Dictionary<string, string> Variables = new() { ["site"] = "it's 上海 $(reboot)" };

    [Fact]
    public async Task Scripts_run_at_their_time_see_the_variables_and_speak_in_the_log()
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive());
        var plan = await it.PlanAsync() with
        {
            Variables = Variables,
            Scripts =
            [
                Plans.Script("look", "pre", $"test -z \"$(blkid -p -s PTTYPE -o value {it.Disk.Device})\" && echo \"before, $LPMOS_SN\"\n"),
                Plans.Script("one", "post", "echo \"$LPMOS_VAR_SITE\" > /by-script; echo said by one; echo complained >&2; sleep 600 < /dev/null > /dev/null 2>&1 &\n"),
                Plans.Script("two", "post", "#!/bin/sh -e\ncat /etc/hostname >> /by-script\n"),
                Plans.Script("late", "first-boot", "echo late\n"),
            ],
        };

        await it.RunAsync(plan);

        it.Disk.Look(3, root =>
        {
            Assert.Equal("it's 上海 $(reboot)\ndb-1\n", File.ReadAllText(Path.Join(root, "by-script")));
            Assert.False(Path.Exists(Path.Join(root, "var/lib/lpmos-scripts")));
            Assert.Equal("#!/bin/sh\necho late\n", File.ReadAllText(Path.Join(root, "etc/lpmos/first-boot/scripts/00-late")));
        });
        // What a script left running does not hold the disk.
        Assert.Contains(" was left running in the new system and is ended", it.Console, StringComparison.Ordinal);
        Assert.Contains("script look: before, SN-1", it.Console, StringComparison.Ordinal);
        Assert.Contains("script one: said by one", it.Console, StringComparison.Ordinal);
        Assert.Contains("script one: complained", it.Console, StringComparison.Ordinal);
        Assert.Contains($"Script two (post), sha256 {plan.Scripts[2].Sha256}", it.Console, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_fails_before_the_disk_is_touched_leaves_the_disk_as_it_was()
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive());
        RecordedMachine.Program("mkfs.ext4", $"-q -F -L precious {it.Disk.Device}");
        var before = it.Disk.Read(0, 1 << 20);
        var plan = await it.PlanAsync() with { Scripts = [Plans.Script("raid", "pre", "echo no controller; exit 3\n")] };

        var failure = await Assert.ThrowsAsync<InstallException>(() => it.RunAsync(plan));

        Assert.Equal("script_failed", failure.Code);
        Assert.Contains("'raid' (pre) ended with code 3", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no controller", failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, it.Disk.Read(0, 1 << 20));
    }

    [Theory]
    [InlineData("echo half done; exit 7\n", "ended with code 7")]
    [InlineData("#!/no/such/interpreter\n", "ended with code 12")]
    public async Task A_script_that_fails_in_the_new_system_fails_the_installation_and_nothing_boots(string text, string said)
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive());
        var plan = await it.PlanAsync() with { Scripts = [Plans.Script("setup", "post", text), Plans.Script("after", "post", "echo never\n")] };

        var failure = await Assert.ThrowsAsync<InstallException>(() => it.RunAsync(plan));

        Assert.Equal("script_failed", failure.Code);
        Assert.Contains($"'setup' (post) {said}", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("never", it.Console, StringComparison.Ordinal);
        Assert.False(it.Disk.Read(0, 1 << 20).ContainsAnyExcept((byte)0), "something is left that could boot");
        Assert.DoesNotContain("lpmos-target-", File.ReadAllText("/proc/mounts"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_that_is_not_the_one_of_its_digest_is_not_run()
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive());
        var plan = await it.PlanAsync() with { Scripts = [Plans.Script("a", "pre", "echo approved\n") with { Text = "echo other\n" }] };
        Assert.Equal("plan_invalid", (await Assert.ThrowsAsync<InstallException>(() => it.RunAsync(plan))).Code);
        Assert.DoesNotContain("script a:", it.Console, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public async Task Scripts_of_the_first_boot_run_once_and_what_they_said_is_told_with_how_they_ended(int code)
    {
        await using var regional = await FakeRegional.StartAsync();
        var refusals = 1;
        regional.Misbehave = context =>
        {
            context.Response.StatusCode = 503;
            return Task.FromResult(refusals-- > 0);
        };
        using var machine = new RecordedMachine().File("usr/bin/curl", "").File("etc/systemd/system.conf", "").File("var/log/empty", "");
        var plan = Plans.Plan with
        {
            Variables = Variables,
            Scripts =
            [
                Plans.Script("first", "first-boot", $"echo \"1 $LPMOS_VAR_SITE\"; echo x >> {machine.Root}/times; exit {code}\n"), Plans.Script("second", "first-boot", "echo 2 of \"$LPMOS_HOSTNAME\"\n"),
            ],
        };
        new FirstBootUnit(new TargetTree(machine.Root)).Write(plan, new FirstBootCall { Url = regional.Url + "api/v1/installed", Token = "one-time" });
        var script = File.ReadAllText(Path.Join(machine.Root, FirstBootUnit.Program)).Replace(FirstBootUnit.Folder, Path.Join(machine.Root, "etc/lpmos/first-boot"), StringComparison.Ordinal)
            .Replace("/run/", machine.Root + "/", StringComparison.Ordinal).Replace("/var/log/", machine.Root + "/var/log/", StringComparison.Ordinal).Replace("sleep \"$pause\"", "sleep 0.1", StringComparison.Ordinal).Replace("systemctl ", "echo systemctl ", StringComparison.Ordinal);

        RecordedMachine.Program("sh", "-s", script);

        var call = Assert.Single(regional.Installed);
        var output = Encoding.UTF8.GetString(Convert.FromBase64String(call.Output!));
        Assert.Contains("1 it's 上海 $(reboot)\n", output, StringComparison.Ordinal);
        Assert.Equal((code == 0 ? null : "first", code == 0 ? null : (int?)code), (call.FailedScript, call.ExitCode));
        Assert.Equal(code == 0, output.Contains("2 of db-1", StringComparison.Ordinal));
        Assert.Equal("x\n", File.ReadAllText(Path.Join(machine.Root, "times")));
        Assert.Equal(output, File.ReadAllText(Path.Join(machine.Root, "var/log/lpmos-first-boot.log")));
        Assert.False(Directory.Exists(Path.Join(machine.Root, "etc/lpmos/first-boot")));
    }
}
