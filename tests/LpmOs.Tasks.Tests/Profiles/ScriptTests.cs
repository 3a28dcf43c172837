using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LpmOs.Tasks.Tests.Profiles;

public sealed class ScriptTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Fact]
    public async Task A_task_takes_the_scripts_and_variables_of_its_profile_and_its_plan_holds_them_with_digests()
    {
        var (sn, mac) = Samples.Machine();
        await PutAsync("/api/v1/profiles/scripted", """{"os_type":"debian","os_version":"12","scripts":[{"name":"b","when":"post","text":"echo \"$LPMOS_VAR_PROXY\"\r\n"},{"name":"a","when":"pre","text":"true"}],"variables":{"proxy":"http://p"}}""");
        await PutAsync("/api/v1/idcs/sc1/defaults", """{"scripts":[{"name":"weak","when":"pre","text":"true"}],"variables":{"ntp":"10.0.0.2"}}""");
        var effective = await tasks.JsonAsync($"/api/v1/profiles/scripted/effective?idc=sc1&sn={sn}");
        Assert.Equal(("profile", "scripted@1"), (effective.GetProperty("origins").GetProperty("scripts").GetProperty("layer").GetString(), effective.GetProperty("origins").GetProperty("scripts").GetProperty("name").GetString()));
        Assert.Equal("idc", effective.GetProperty("origins").GetProperty("variables.ntp").GetProperty("layer").GetString());

        await tasks.PutAsync(Samples.Image("sc1", "debian", "12"));
        await tasks.PutHardwareAsync("sc1", Samples.Hardware(sn, mac, Samples.Disk("A")));
        var answer = await tasks.PostAsync("/api/v1/tasks", $$"""{"idc":"sc1","sn":"{{sn}}","mac":"{{mac}}","profile":"scripted"}""");
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var plan = (await tasks.JsonAsync($"/api/v1/tasks/sc1/{sn}/plan")).GetProperty("plan");
        var scripts = plan.GetProperty("scripts").EnumerateArray().ToList();
        Assert.Equal(["a", "b"], scripts.Select(script => script.GetProperty("name").GetString()));
        const string text = "echo \"$LPMOS_VAR_PROXY\"\n";
        Assert.Equal((text, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))), (scripts[1].GetProperty("text").GetString(), scripts[1].GetProperty("sha256").GetString()));
        Assert.Equal("10.0.0.2", plan.GetProperty("variables").GetProperty("ntp").GetString());
        Assert.False((await tasks.JsonAsync("/api/v1/tasks?idc=sc1")).GetProperty("items")[0].TryGetProperty("scripts", out _));
    }

    [Fact]
    public async Task Every_fault_of_a_script_is_named()
    {
        var (sn, mac) = Samples.Machine();
        var scripts = $$"""[{"name":"a/b","when":"later","text":""},{"name":"x","when":"pre","text":"{{new string('a', 16_385)}}"},{"name":"x","when":"pre","text":"a\u0007"},{"name":"y","when":"pre","text":"a","more":1}]""";
        var answer = await tasks.PostAsync("/api/v1/tasks", Samples.Task(sn, mac, more: $",\"scripts\":{scripts}"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var errors = (await TasksFixture.JsonAsync(answer)).GetProperty("errors").EnumerateObject().Select(error => error.Name).Order();
        Assert.Equal(["scripts[0].name", "scripts[0].text", "scripts[0].when", "scripts[1].text", "scripts[2].name", "scripts[2].text", "scripts[3].more"], errors);
        var many = string.Join(',', Enumerable.Range(0, 5).Select(n => $$"""{"name":"s{{n}}","when":"pre","text":"{{new string('a', 16_000)}}"}"""));
        Assert.Contains("65536", await (await tasks.PostAsync("/api/v1/tasks", Samples.Task(sn, mac, more: $",\"scripts\":[{many}]"))).Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private async Task PutAsync(string path, string body)
    {
        var answer = await tasks.Http.PutAsync(path, new StringContent(body, Encoding.UTF8), TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
