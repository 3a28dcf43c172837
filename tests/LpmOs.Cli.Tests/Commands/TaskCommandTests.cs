using System.Text.Json;
using LpmOs.Contracts.Tasks;
using LpmOs.Testing;

namespace LpmOs.Cli.Tests.Commands;

public sealed class TaskCommandTests(CliFixture cli) : IClassFixture<CliFixture>
{
    [Fact]
    public async Task Creating_puts_a_task_into_the_store_with_all_that_was_given()
    {
        var (sn, mac) = CliFixture.Machine();
        var run = await cli.RunAsync("tasks", "create", "--idc", "dc1", "--sn", sn, "--mac", mac, "--os", "Debian 12", "--hostname", "web-9", "--tag", "a", "--tag", "b",
            "--package", "curl", "--disk-prefer", "smallest", "--priority", "3", "--notes", "新机上架", "--deadline", "2099-01-01T00:00:00Z");
        Assert.Equal(0, run.Code);
        var task = await cli.StoredAsync(sn);
        Assert.Equal($"{task.TaskId} is created and pending.\n", run.Output);
        Assert.Contains($"lpmosctl tasks approve dc1/{sn}", run.Errors, StringComparison.Ordinal);
        Assert.Equal((mac, "web-9", "新机上架", 3, "smallest"), (task.Mac, task.Hostname, task.Notes, task.Priority, task.DiskLayout?.Disk?.Prefer));
        Assert.Equal(["a", "b"], task.Tags!);
        Assert.Equal(["curl"], task.Packages!);
        Assert.Equal(new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero), task.Deadline);
    }

    [Fact]
    public async Task A_file_may_hold_the_task_and_options_go_before_it()
    {
        var (sn, mac) = CliFixture.Machine();
        var body = $$$"""{"idc":"dc1","sn":"{{{sn}}}","mac":"{{{mac}}}","os_type":"Debian 12","hostname":"from-file","network":{"interfaces":[{"dhcp4":false,"addresses":["10.0.0.21/24"],"gateway":"10.0.0.1"}]}}""";
        var run = await cli.RunAsync(new Dictionary<string, string>(), body, "tasks", "create", "-f", "-", "--hostname", "from-option");
        Assert.True(run.Code == 0, run.Errors);
        var task = await cli.StoredAsync(sn);
        Assert.Equal("from-option", task.Hostname);
        Assert.False(task.Network!.Interfaces[0].Dhcp4);
        Assert.Equal("10.0.0.21/24", task.Network.Interfaces[0].Addresses[0]);
    }

    [Fact]
    public async Task Every_outcome_has_its_exit_code()
    {
        var (sn, mac) = CliFixture.Machine();
        await cli.CreateAsync(sn, mac);
        Assert.Equal(4, (await cli.RunAsync("tasks", "create", "--idc", "dc1", "--sn", sn, "--mac", mac, "--os", "Debian 12")).Code);
        Assert.Equal(3, (await cli.RunAsync("tasks", "show", "dc1/no-such")).Code);
        Assert.Equal(3, (await cli.RunAsync("tasks", "show", "task-00000000")).Code);
        Assert.Equal(4, (await cli.RunAsync("tasks", "retry", $"dc1/{sn}")).Code);
        Assert.Equal(2, (await cli.RunAsync("tasks", "no-such-command")).Code);
        Assert.Equal(2, (await cli.RunAsync("tasks", "show", sn)).Code);
        Assert.Equal(2, (await cli.RunAsync("tasks", "list", "-o", "xml")).Code);
        Assert.Equal(1, (await cli.RunAsync("tasks", "plan", $"dc1/{sn}")).Code);
        var wrong = await cli.RunAsync("tasks", "create", "--idc", "dc1", "--sn", "a/b", "--mac", "zz", "--os", "Debian 12");
        Assert.Equal(2, wrong.Code);
        Assert.Contains("\n  sn: ", wrong.Errors, StringComparison.Ordinal);
        Assert.Contains("\n  mac: ", wrong.Errors, StringComparison.Ordinal);
        Assert.All([wrong], run => Assert.Empty(run.Output));
    }

    [Fact]
    public async Task No_answer_is_told_with_the_address_and_what_to_do()
    {
        var run = await CliFixture.StartAsync($"http://127.0.0.1:{LoopbackPorts.Next()}", new Dictionary<string, string>(), "", "stats");
        Assert.Equal(5, run.Code);
        Assert.Contains("does not answer", run.Errors, StringComparison.Ordinal);
        Assert.Contains("LPMOS_SERVER", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("approve", "approved"), InlineData("reject", "rejected"), InlineData("cancel", "cancelled")]
    public async Task A_decision_is_in_the_store(string command, string state)
    {
        var (sn, mac) = CliFixture.Machine();
        var id = await cli.CreateAsync(sn, mac);
        var run = await cli.RunAsync("tasks", command, id, command == "approve" ? "--notes" : "--reason", "机柜位置");
        Assert.Equal((0, $"{id} is {state} now.\n"), (run.Code, run.Output));
        var task = await cli.StoredAsync(sn);
        Assert.Equal(state, JsonNamingPolicy.SnakeCaseLower.ConvertName(task.Status.ToString()));
        Assert.Equal("机柜位置", command == "approve" ? task.Approval!.Notes : task.StatusHistory[^1].Reason);
    }

    [Fact]
    public async Task The_serial_number_alone_is_enough_where_the_IDC_is_configured()
    {
        var (sn, mac) = CliFixture.Machine();
        await cli.CreateAsync(sn, mac);
        var run = await cli.RunAsync(new Dictionary<string, string> { ["LPMOS_IDC"] = "dc1" }, "", "tasks", "show", sn, "-o", "json");
        Assert.Equal(sn, run.Json().GetProperty("sn").GetString());
    }

    [Fact]
    public async Task A_list_says_how_to_go_on_and_all_gives_every_page()
    {
        for (var n = 0; n < 3; n++)
        {
            var (sn, mac) = CliFixture.Machine();
            await cli.CreateAsync(sn, mac, "--tag", "paged");
        }
        var page = await cli.RunAsync("tasks", "list", "--tag", "paged", "--limit", "2", "--sort", "sn");
        Assert.Contains("2 of 3.", page.Errors, StringComparison.Ordinal);
        var cursor = page.Errors.Split("--cursor ")[1].Split(' ')[0];
        var rest = await cli.RunAsync("tasks", "list", "--tag", "paged", "--limit", "2", "--sort", "sn", "--cursor", cursor, "-o", "json");
        Assert.Equal(1, rest.Json().GetProperty("items").GetArrayLength());
        var all = await cli.RunAsync("tasks", "list", "--tag", "paged", "--all", "--limit", "1", "-o", "csv");
        Assert.Equal(4, all.Output.TrimEnd('\n').Split('\n').Length);
    }

    [Fact]
    public async Task Chinese_is_spoken_where_LANG_says_so()
    {
        var run = await cli.RunAsync(new Dictionary<string, string> { ["LANG"] = "zh_CN.UTF-8" }, "", "tasks", "list", "--tag", "nobody-has-this");
        Assert.Equal("没有任务。\n", run.Output);
        var english = await cli.RunAsync(new Dictionary<string, string> { ["LANG"] = "zh_CN.UTF-8", ["LC_ALL"] = "C" }, "", "tasks", "list", "--tag", "nobody-has-this");
        Assert.Equal("No tasks.\n", english.Output);
    }

    [Fact]
    public async Task History_tells_the_moves_of_former_tasks_too()
    {
        var (sn, mac) = CliFixture.Machine();
        await cli.CreateAsync(sn, mac);
        await cli.RunAsync("tasks", "cancel", $"dc1/{sn}", "--reason", "first");
        await cli.CreateAsync(sn, mac);
        var run = await cli.RunAsync("tasks", "history", $"dc1/{sn}", "-o", "csv");
        Assert.Equal(["at,from,to,by,reason", ",pending,", "pending,cancelled,", ",pending,"], run.Output.TrimEnd('\n').Split('\n').Select((line, n) => n == 0 ? line : line[line.IndexOf(',', StringComparison.Ordinal)..].Replace("operator", "", StringComparison.Ordinal).Split(',') is var cells && cells[1].Length > 0 ? $"{cells[1]},{cells[2]}," : $",{cells[2]},"));
    }

    [Fact]
    public async Task Logs_are_printed_line_by_line_and_followed_to_the_end()
    {
        var (sn, mac) = CliFixture.Machine();
        var id = await cli.CreateAsync(sn, mac);
        await cli.AppendLogAsync(sn, id, 0, "one", "two \e[2J");
        var run = await cli.RunAsync("tasks", "logs", id);
        Assert.Equal("one\ntwo \\x1b[2J\n", run.Output);
        using var output = new ExpectingWriter();
        var following = cli.RunAsync(output, "tasks", "logs", "-f", id);
        // What comes later is asked for from there on.
        await output.SeenAsync("two");
        await cli.AppendLogAsync(sn, id, 2, "three");
        await cli.ChangeAsync(sn, task => task with { Status = TaskState.Cancelled });
        Assert.Equal("one\ntwo \\x1b[2J\nthree\n", (await following).Output);
    }
}
