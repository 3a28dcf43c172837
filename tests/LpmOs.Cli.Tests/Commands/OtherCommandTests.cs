using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Hardware;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Cli.Tests.Commands;

public sealed class OtherCommandTests(CliFixture cli) : IClassFixture<CliFixture>
{
    [Fact]
    public async Task Unmatched_hardware_is_listed_and_shown()
    {
        var (sn, mac) = CliFixture.Machine();
        var hardware = new Inventory
        {
            SerialNumber = sn, MacAddress = mac, Company = "Acme", Product = "PizzaBox", Cpu = new Cpu { Model = "EPYC", Cores = 8 }, Memory = new Memory { TotalGb = 16 },
            Disks = [new Disk { Device = "/dev/vda", Serial = "DISK-1", SizeBytes = 10_000_000_000, SizeGb = 10 }],
        };
        await cli.PutAsync(Keys.Meta("dc1", sn), JsonSerializer.SerializeToUtf8Bytes(hardware, ContractsJson.Default.Inventory));
        var list = await cli.RunAsync("machines", "unmatched", "-o", "csv");
        Assert.Contains($"\ndc1/{sn},no,{mac},Acme PizzaBox,8,16 GB,1 × 10 GB,", list.Output, StringComparison.Ordinal);
        var show = await cli.RunAsync("machines", "show", $"dc1/{sn}");
        Assert.Contains("/dev/vda", show.Output, StringComparison.Ordinal);
        Assert.Contains("serial=DISK-1", show.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statistics_and_the_audit_tell_what_was_done()
    {
        var (sn, mac) = CliFixture.Machine();
        var id = await cli.CreateAsync(sn, mac);
        await cli.RunAsync("tasks", "approve", id, "--notes", "ok");
        Assert.True((await cli.RunAsync("stats", "--idc", "dc1", "-o", "json")).Json().GetProperty("approved").GetInt32() >= 1);
        Assert.StartsWith("idc,total_machines,", (await cli.RunAsync("stats", "-o", "csv")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await cli.RunAsync("idcs")).Code);
        var audit = await cli.RunAsync("audit", "--task", id, "-o", "json");
        Assert.Equal(["task.approved", "task.created"], audit.Json().GetProperty("items").EnumerateArray().Select(record => record.GetProperty("action").GetString()));
    }

    [Fact]
    public async Task A_CSV_file_makes_tasks_and_tells_each_refused_row()
    {
        var (one, oneMac) = CliFixture.Machine();
        var (two, _) = CliFixture.Machine();
        using var folder = new TemporaryFolder();
        var file = folder.File("tasks.csv");
        await File.WriteAllTextAsync(file, $"\uFEFFidc,sn,mac,os_type,tags\r\ndc1,{one},{oneMac},Debian 12,a;b\r\ndc1,{two},nonsense,Debian 12,\r\n", TestContext.Current.CancellationToken);

        var dry = await cli.RunAsync("tasks", "import", file, "--dry-run");
        Assert.Equal(1, dry.Code);
        Assert.Contains("1 rows would be accepted, 1 refused", dry.Output, StringComparison.Ordinal);
        Assert.Equal(3, (await cli.RunAsync("tasks", "show", $"dc1/{one}")).Code);

        var atomic = await cli.RunAsync("tasks", "import", file, "--all-or-nothing");
        Assert.Equal(1, atomic.Code);
        Assert.Equal(3, (await cli.RunAsync("tasks", "show", $"dc1/{one}")).Code);

        var run = await cli.RunAsync("tasks", "import", file, "-o", "json");
        Assert.Equal(1, run.Code);
        Assert.Equal(["created", "invalid"], run.Json().GetProperty("results").EnumerateArray().Select(row => row.GetProperty("outcome").GetString()));
        Assert.Equal(["a", "b"], (await cli.StoredAsync(one)).Tags!);
    }

    [Fact]
    public async Task A_JSON_list_is_imported_from_the_standard_input_and_once_for_a_key()
    {
        var (sn, mac) = CliFixture.Machine();
        var body = $$"""[{"idc":"dc1","sn":"{{sn}}","mac":"{{mac}}","os_type":"Debian 12"}]""";
        var first = await cli.RunAsync(new Dictionary<string, string>(), body, "tasks", "import", "-", "--idempotency-key", $"key {sn}", "-o", "json");
        var second = await cli.RunAsync(new Dictionary<string, string>(), body, "tasks", "import", "-", "--idempotency-key", $"key {sn}", "-o", "json");
        Assert.Equal((0, 0), (first.Code, second.Code));
        Assert.Equal(first.Output, second.Output);
    }

    [Fact]
    public async Task A_file_that_is_no_table_is_answered_with_line_and_column()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("wrong.csv"), "idc,serial\ndc1,a\n", TestContext.Current.CancellationToken);
        var run = await cli.RunAsync("tasks", "import", folder.File("wrong.csv"));
        Assert.Equal(2, run.Code);
        Assert.Contains("Line 1, column 2", run.Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await cli.RunAsync("tasks", "import", folder.File("absent.csv"))).Code);
    }

    [Fact]
    public async Task The_example_file_is_accepted_as_it_stands()
    {
        var template = await cli.RunAsync("tasks", "import", "--template");
        Assert.StartsWith("\uFEFFidc,sn,mac,os_type,", template.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await cli.RunAsync(new Dictionary<string, string>(), template.Output, "tasks", "import", "-", "--dry-run")).Code);
    }

    [Fact]
    public async Task Bash_completes_commands_through_the_program_itself()
    {
        var suggestions = await cli.RunAsync("[suggest:17]", "lpmosctl tasks ap");
        Assert.Equal("approve", suggestions.Output.Trim());
        var script = (await cli.RunAsync("completion", "bash")).Output;
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("c.bash"), script + """

            PATH=$1:$PATH
            COMP_WORDS=(lpmosctl tasks ap) COMP_CWORD=2 COMP_LINE='lpmosctl tasks ap' COMP_POINT=17
            _lpmosctl
            echo "${COMPREPLY[@]}"
            """, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("lpmosctl"), $"#!/bin/sh\nexec dotnet '{typeof(Application).Assembly.Location}' \"$@\"\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(folder.File("lpmosctl"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var start = new System.Diagnostics.ProcessStartInfo("bash", [folder.File("c.bash"), folder.Path]) { RedirectStandardOutput = true };
        using var bash = System.Diagnostics.Process.Start(start)!;
        Assert.Equal("approve", (await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim());
        Assert.Contains("compdef _lpmosctl lpmosctl", (await cli.RunAsync("completion", "zsh")).Output, StringComparison.Ordinal);
        Assert.Equal(2, (await cli.RunAsync("completion", "fish")).Code);
    }
}
