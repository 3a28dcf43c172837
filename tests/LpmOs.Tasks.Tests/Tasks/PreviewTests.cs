using System.Net;
using System.Text.Json;

namespace LpmOs.Tasks.Tests.Tasks;

public sealed class PreviewTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Fact]
    public async Task The_plan_is_shown_and_nothing_is_written()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.PutAsync(Samples.Image("v1", "ubuntu", "22.04"));
        await tasks.PutHardwareAsync("v1", Samples.Hardware(sn, mac, Samples.Disk("D-1")));
        var preview = await PreviewAsync(Samples.Task(sn, mac, "v1"));

        Assert.Equal(("D-1", "22.04"), (preview.GetProperty("plan").GetProperty("disk").GetProperty("serial").GetString(), preview.GetProperty("plan").GetProperty("os").GetProperty("version").GetString()));
        Assert.False(preview.GetProperty("plan").TryGetProperty("plan_hash", out _));
        Assert.Equal((sn, 0, false), (preview.GetProperty("machine_sn").GetString(), preview.GetProperty("problems").GetArrayLength(), preview.TryGetProperty("refusal", out _)));
        Assert.Null(await tasks.StoredTaskAsync(sn, "v1"));
        Assert.Null(await tasks.Store.GetAsync($"/os/v1/servers/{sn}", CancellationToken.None));
    }

    [Fact]
    public async Task It_is_the_plan_that_the_task_then_has_but_for_its_identity()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.PutAsync(Samples.Image("v2", "ubuntu", "22.04"));
        await tasks.PutHardwareAsync("v2", Samples.Hardware(sn, mac, Samples.Disk("D-2")));
        var preview = (await PreviewAsync(Samples.Task(sn, mac, "v2"))).GetProperty("plan");
        await tasks.CreateAsync(sn, mac, "v2");
        var plan = (await tasks.JsonAsync($"/api/v1/tasks/v2/{sn}/plan")).GetProperty("plan");
        string[] own = ["task_id", "disk_guid", "plan_hash"];
        Assert.Equal(Fields(plan), Fields(preview));

        Dictionary<string, string> Fields(JsonElement of) => of.EnumerateObject().Where(field => !own.Contains(field.Name)).ToDictionary(field => field.Name, field => field.Value.GetRawText());
    }

    [Fact]
    public async Task What_is_inherited_says_from_where_and_what_the_body_gives_does_not()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.Http.PutAsync("/api/v1/profiles/pv-web", Json("""{"os_type":"debian","os_version":"12","packages":["nginx"],"priority":3,"variables":{"role":"web"}}"""), TestContext.Current.CancellationToken);
        await tasks.Http.PutAsync("/api/v1/idcs/v3/defaults", Json("""{"packages":["chrony"],"variables":{"ntp":"10.0.0.2"}}"""), TestContext.Current.CancellationToken);
        var preview = await PreviewAsync($$"""{"idc":"v3","sn":"{{sn}}","mac":"{{mac}}","profile":"pv-web","priority":9,"variables":{"role":"db"} }""");

        var origins = preview.GetProperty("origins").EnumerateObject().ToDictionary(origin => origin.Name, origin => origin.Value.GetProperty("layer").GetString());
        Assert.Equal(new Dictionary<string, string?> { ["os_type"] = "profile", ["os_version"] = "profile", ["packages"] = "profile", ["variables.ntp"] = "idc" }, origins);
        var task = preview.GetProperty("task");
        Assert.Equal(("debian", 9, "nginx", "db", "10.0.0.2"), (task.GetProperty("os_type").GetString(), task.GetProperty("priority").GetInt32(), task.GetProperty("packages")[0].GetString(),
            task.GetProperty("variables").GetProperty("role").GetString(), task.GetProperty("variables").GetProperty("ntp").GetString()));
        Assert.Equal("no_hardware", preview.GetProperty("problems")[0].GetProperty("code").GetString());
    }

    [Fact]
    public async Task Why_it_would_be_refused_is_said_beside_the_plan_and_what_is_wrong_is_listed()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.CreateAsync(sn, mac, "v4");
        Assert.Equal("active_task_exists", (await PreviewAsync(Samples.Task(sn, mac, "v4"))).GetProperty("refusal").GetProperty("code").GetString());
        Assert.Equal("mac_in_use", (await PreviewAsync(Samples.Task(sn + "-x", mac, "v4"))).GetProperty("refusal").GetProperty("code").GetString());
        var wrong = await tasks.PostAsync("/api/v1/tasks/preview", """{"idc":"v4","sn":"a","mac":"x","os_type":"debian","network":{"interfaces":[{"addresses":["10.0.0.256/24"]}]}}""");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal(["mac", "network.interfaces[0].addresses[0]"], (await TasksFixture.JsonAsync(wrong)).GetProperty("errors").EnumerateObject().Select(error => error.Name).Order());
    }

    [Fact]
    public async Task The_plan_that_was_last_approved_stays_to_compare_with()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.PutAsync(Samples.Image("v5", "ubuntu", "22.04"));
        await tasks.PutHardwareAsync("v5", Samples.Hardware(sn, mac, Samples.Disk("D-OLD")));
        await tasks.CreateAsync(sn, mac, "v5");
        Assert.False((await tasks.JsonAsync($"/api/v1/tasks/v5/{sn}/plan")).TryGetProperty("former_plan", out _));
        await tasks.PostAsync($"/api/v1/tasks/v5/{sn}/approve");
        await tasks.PostAsync($"/api/v1/tasks/v5/{sn}/cancel");
        await tasks.PutHardwareAsync("v5", Samples.Hardware(sn, mac, Samples.Disk("D-NEW")));
        Assert.Equal("D-OLD", FormerDisk(await PreviewAsync(Samples.Task(sn, mac, "v5"))));
        // Through a task that nobody approved, too.
        await tasks.CreateAsync(sn, mac, "v5");
        await tasks.PostAsync($"/api/v1/tasks/v5/{sn}/reject");
        await tasks.CreateAsync(sn, mac, "v5");
        var answer = await tasks.JsonAsync($"/api/v1/tasks/v5/{sn}/plan");
        Assert.Equal(("D-OLD", "D-NEW", sn), (FormerDisk(answer), answer.GetProperty("plan").GetProperty("disk").GetProperty("serial").GetString(), answer.GetProperty("machine_sn").GetString()));
        Assert.DoesNotContain("former_plan", (await tasks.JsonAsync("/api/v1/tasks?idc=v5")).GetRawText(), StringComparison.Ordinal);

        static string? FormerDisk(JsonElement answer) => answer.GetProperty("former_plan").GetProperty("disk").GetProperty("serial").GetString();
    }

    private async Task<JsonElement> PreviewAsync(string body)
    {
        var answer = await tasks.PostAsync("/api/v1/tasks/preview", body);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await TasksFixture.JsonAsync(answer);
    }

    private static StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");
}
