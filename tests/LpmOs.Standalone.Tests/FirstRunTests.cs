using System.Text.Json;

namespace LpmOs.Standalone.Tests;

/// <summary>The calls of the public contract through the process that a first run starts, which is killed in between.</summary>
public sealed class FirstRunTests
{
    private const string Hardware = """
        {"sn":"sn-001","mac_address":"00:1a:2b:3c:4d:5e","hardware":{"serial_number":"sn-001","mac_address":"00:1a:2b:3c:4d:5e","company":"Acme","product":"PizzaBox",
         "disks":[{"device":"/dev/sda","size_gb":8,"size_bytes":8000000000,"serial":"D1"}],"nics":[{"name":"eth0","mac":"00:1a:2b:3c:4d:5e"}]}}
        """;

    [Fact(Timeout = 300_000)]
    public async Task A_task_goes_its_way_over_two_kills_and_nothing_is_lost()
    {
        await using var lpmos = new StandaloneProcess();
        await lpmos.StartAsync();
        var api = $"{lpmos.Tasks}/api/v1";
        var created = await StandaloneProcess.JsonAsync("-X", "POST", $"{api}/tasks", "-H", "Content-Type: application/json",
            "-d", """{"idc":"dc1","sn":"sn-001","mac":"00:1a:2b:3c:4d:5e","os_type":"Ubuntu 22.04","os_version":"22.04"}""");
        var id = created.GetProperty("task_id").GetString()!;
        Assert.Matches("^task-[0-9a-f]{8}$", id);
        Assert.Equal(1, (await StandaloneProcess.JsonAsync($"{api}/tasks?idc=dc1&status=pending")).GetProperty("total").GetInt32());
        Assert.True((await StandaloneProcess.JsonAsync("-X", "POST", $"{lpmos.Regional}/api/v1/report", "-d", Hardware)).GetProperty("matched").GetBoolean());
        var approved = await StandaloneProcess.JsonAsync("-X", "POST", $"{api}/tasks/dc1/sn-001/approve", "-d", """{"notes": "审批通过"}""");
        Assert.Equal(("approved", "审批通过"), (approved.GetProperty("status").GetString(), approved.GetProperty("approval").GetProperty("notes").GetString()));

        await KillAsync(lpmos, api, id);
        var assigned = await StandaloneProcess.JsonAsync($"{lpmos.Regional}/api/v1/task/sn-001?wait=30");
        Assert.Equal(id, assigned.GetProperty("task_id").GetString());
        var next = await NextAsync(lpmos, id, "");
        Assert.Equal("os_install", next.GetProperty("operation").GetString());
        await StandaloneProcess.CurlAsync("-X", "POST", $"{lpmos.Regional}/api/v1/logs", "-d", $$"""{"sn":"sn-001","task_id":"{{id}}","lines":["one","two"]}""");
        await StandaloneProcess.CurlAsync("-X", "POST", $"{lpmos.Regional}/api/v1/progress", "-d", $$"""{"sn":"sn-001","task_id":"{{id}}","step":"downloading","percent":66,"message":"half","dry_run":true}""");

        await KillAsync(lpmos, api, id);
        Assert.Equal(66, (await StandaloneProcess.JsonAsync($"{api}/tasks/dc1/sn-001")).GetProperty("percent").GetInt32());
        Assert.Equal(["one", "two"], (await StandaloneProcess.JsonAsync($"{api}/tasks/dc1/sn-001/logs")).GetProperty("lines").EnumerateArray().Select(line => line.GetString()));
        // Asked again, the same operation: its answer got lost for all the agent knows.
        var again = await NextAsync(lpmos, id, "");
        Assert.Equal("os_install", again.GetProperty("operation").GetString());
        var token = again.GetProperty("first_boot").GetProperty("token").GetString();
        await NextAsync(lpmos, id, ""","completed":{"operation":"os_install","success":true}""");
        await StandaloneProcess.CurlAsync("-X", "POST", $"{lpmos.Regional}/api/v1/installed", "-d", $$"""{"sn":"sn-001","task_id":"{{id}}","token":"{{token}}","dry_run":true}""");
        var done = await StandaloneProcess.JsonAsync($"{api}/tasks/dc1/sn-001");
        Assert.Equal(("completed", 100), (done.GetProperty("status").GetString(), done.GetProperty("percent").GetInt32()));
        Assert.Equal(1, (await StandaloneProcess.JsonAsync($"{api}/stats/dc1")).GetProperty("completed").GetInt32());
        var actions = (await StandaloneProcess.JsonAsync($"{api}/audit?idc=dc1&sn=sn-001&action=task.")).GetProperty("items").EnumerateArray().Select(record => record.GetProperty("action").GetString());
        Assert.Equal(["task.completed", "task.started", "task.approved", "task.created"], actions);
        Assert.StartsWith("#!ipxe", await StandaloneProcess.CurlAsync($"{lpmos.Boot}/boot.ipxe"), StringComparison.Ordinal);
    }

    /// <summary>kill -9 and a new start: what was answered before is answered again.</summary>
    private static async Task KillAsync(StandaloneProcess lpmos, string api, string id)
    {
        string[] pages = [$"{api}/tasks/dc1/sn-001/history", $"{api}/tasks/dc1/sn-001/logs", $"{api}/audit?idc=dc1", $"{api}/servers/dc1"];
        var before = await Task.WhenAll(pages.Select(page => StandaloneProcess.CurlAsync(page)));
        await lpmos.KillAsync();
        await lpmos.StartAsync();
        var after = await Task.WhenAll(pages.Select(page => StandaloneProcess.CurlAsync(page)));
        Assert.Equal(before, after);
        Assert.Equal(id, (await StandaloneProcess.JsonAsync($"{api}/tasks/dc1/sn-001")).GetProperty("task_id").GetString());
    }

    private static Task<JsonElement> NextAsync(StandaloneProcess lpmos, string id, string more) => StandaloneProcess.JsonAsync(
        "-X", "POST", $"{lpmos.Regional}/api/v1/operations/next", "-d", $$"""{"sn":"sn-001","task_id":"{{id}}","dry_run":true{{more}}}""");
}
