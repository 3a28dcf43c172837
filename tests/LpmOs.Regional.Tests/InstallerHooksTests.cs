using System.Diagnostics;
using System.Text.Json;
using LpmOs.Contracts.Tasks;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Planning;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Security;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Regional.Tests;

/// <summary>The shell that installers run, run by real shells with what an installer has for HTTP, against the real service.</summary>
public sealed class InstallerHooksTests(RegionalFixture regional) : IClassFixture<RegionalFixture>
{
    private static readonly string[] Tools = ["cat", "tr", "cut", "tail", "sed", "sleep", "wc", "rm", "env", "grep"];

    [Theory]
    [InlineData("dash", "dash", "curl")]
    [InlineData("bash", "bash", "wget")]
    [InlineData("busybox", "busybox-static", "wget")]
    [InlineData("dash", "dash", "python3")]
    public async Task An_installation_begins_reports_and_ends(string shell, string package, string program)
    {
        var (sn, id) = await ApprovedAsync();
        await RunAsync(shell, package, program, Library(sn) + """
            lpmos_start || exit 7
            lpmos_progress partitioning 50 'Installing on "/dev/vda" \ $HOME'
            printf 'one line\nwith "quotes" and \\\n' | lpmos_lines
            lpmos_end
            """);
        var task = await regional.TaskAsync(sn);
        Assert.Equal((TaskState.Installing, true, id), (task.Status, task.AwaitingFirstBoot, task.TaskId));
        Assert.Contains(task.Progress, entry => entry is { Step: "partitioning", Percent: 50, Message: "Installing on /dev/vda  $HOME" });
        Assert.Equal(["os_install", "reboot"], task.Operations.Where(operation => operation.Success == true).Select(operation => operation.Operation));
        var log = await regional.Store.ListAsync(Keys.Logs("dc1", sn, id), null, 10, 0, TestContext.Current.CancellationToken);
        Assert.Contains("with quotes and", string.Concat(log.Entries.Select(entry => System.Text.Encoding.UTF8.GetString(entry.Value.Span))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_is_the_tasks_failure_with_its_message_and_log()
    {
        var (sn, id) = await ApprovedAsync();
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("log"), "before\nE: no such disk\n", TestContext.Current.CancellationToken);
        await RunAsync("dash", "dash", "curl", Library(sn) + $"lpmos_start || exit 7\nlpmos_fail disk_changed 'The planned disk is not there' {folder.File("log")}\nlpmos_start && exit 8\nexit 0\n");
        var task = await regional.TaskAsync(sn);
        Assert.Equal((TaskState.Failed, "disk_changed", "The planned disk is not there"), (task.Status, task.Failure?.Code, task.Failure?.Message));
        var log = await regional.Store.ListAsync(Keys.Logs("dc1", sn, id), null, 10, 0, TestContext.Current.CancellationToken);
        Assert.Contains("E: no such disk", string.Concat(log.Entries.Select(entry => System.Text.Encoding.UTF8.GetString(entry.Value.Span))), StringComparison.Ordinal);
    }

    private async Task<(string Sn, string Id)> ApprovedAsync()
    {
        var (sn, mac, id) = Samples.Machine();
        foreach (var name in new[] { "debian-12/linux", "debian-12/initrd.gz" })
            await regional.PutAsync(Keys.Asset("dc1", name), JsonSerializer.SerializeToUtf8Bytes(new SiteAsset { Name = name, Sha256 = new string('a', 64), SizeBytes = 1000 }, CoreJson.Default.SiteAsset));
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        await regional.PutTaskAsync(Samples.Task(sn, mac, id) with { OsType = "debian", OsVersion = "12", InstallMethod = "preseed" });
        return (sn, id);
    }

    /// <summary>The shared functions, as this machine's installer would get them.</summary>
    private string Library(string sn)
    {
        var catalog = OsCatalog.Load(Repository.Templates);
        var templates = new SiteTemplates(Repository.Templates);
        var (task, machine) = (regional.Snapshot.Machine("dc1", sn)!.Task!, regional.Snapshot.Machine("dc1", sn)!.Inventory!);
        var claims = new TokenClaims { Purpose = MachineTokens.AgentPurpose, Idc = "dc1", Sn = sn, TaskId = task.TaskId, Attempt = task.Attempt, Expires = DateTimeOffset.MaxValue.ToUnixTimeSeconds() };
        var run = RunTimeValues.StandIn with { RegionalUrl = regional.Http.BaseAddress!.ToString().TrimEnd('/'), Token = MachineTokens.Issue(claims, regional.Snapshot.MachineTokenKey.Span) };
        return Planner.Preview(task, machine, catalog.Resolve("debian", "12")!, "preseed", PlanningInput.Of(regional.Snapshot, "dc1", catalog, templates))!.Render("snippets/lpmos.sh", run);
    }

    /// <summary>With no other programs than an installer has, and one of the three for HTTP.</summary>
    private static async Task RunAsync(string shell, string package, string program, string script)
    {
        using var folder = new TemporaryFolder();
        foreach (var tool in Tools.Append(program))
            File.CreateSymbolicLink(folder.File(tool), File.Exists("/usr/bin/" + tool) ? "/usr/bin/" + tool : RequiredProgram.Find(tool, tool is "curl" or "wget" ? tool : tool == "python3" ? "python3-minimal" : "coreutils"));
        await File.WriteAllTextAsync(folder.File("script"), script, TestContext.Current.CancellationToken);
        string[] arguments = shell == "busybox" ? ["sh", folder.File("script")] : [folder.File("script")];
        using var process = Process.Start(new ProcessStartInfo(RequiredProgram.Find(shell, package), arguments) { RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["PATH"] = folder.Path } })!;
        var said = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{shell} with {program} ended with {process.ExitCode}:\n{await said}\n{error}");
    }
}
