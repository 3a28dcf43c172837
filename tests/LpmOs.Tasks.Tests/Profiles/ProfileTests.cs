using System.Net;
using System.Text;
using System.Text.Json;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Tests.Profiles;

public sealed class ProfileTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    private static int _next;

    [Fact]
    public async Task A_version_never_changes_and_a_task_keeps_the_one_it_was_made_with()
    {
        var name = Name();
        await PutAsync($"/api/v1/profiles/{name}", """{"os_type":"debian","os_version":"12","packages":["nginx"]}""");
        var first = await tasks.Store.GetAsync(Keys.Profile(name, 1), CancellationToken.None);
        var (sn, mac) = Samples.Machine();
        Assert.Equal(HttpStatusCode.Created, (await tasks.PostAsync("/api/v1/tasks", $$"""{"idc":"p1","sn":"{{sn}}","mac":"{{mac}}","profile":"{{name}}"}""")).StatusCode);

        await PutAsync($"/api/v1/profiles/{name}", """{"os_type":"debian","os_version":"12","packages":["caddy"]}""");
        Assert.Equal(first!.ModRevision, (await tasks.Store.GetAsync(Keys.Profile(name, 1), CancellationToken.None))!.ModRevision);
        var task = (await tasks.StoredTaskAsync(sn, "p1"))!;
        Assert.Equal(("debian", "12", name, (int?)1, "nginx"), (task.OsType, task.OsVersion, task.Profile, task.ProfileVersion, Assert.Single(task.Packages!)));
        Assert.Equal([2, 1], (await tasks.JsonAsync($"/api/v1/profiles/{name}/versions")).GetProperty("items").EnumerateArray().Select(profile => profile.GetProperty("version").GetInt32()));
        Assert.Equal("caddy", (await tasks.JsonAsync($"/api/v1/profiles/{name}")).GetProperty("packages")[0].GetString());
        Assert.Equal("nginx", (await tasks.JsonAsync($"/api/v1/profiles/{name}?version=1")).GetProperty("packages")[0].GetString());

        var (older, olderMac) = Samples.Machine();
        await tasks.PostAsync("/api/v1/tasks", $$"""{"idc":"p1","sn":"{{older}}","mac":"{{olderMac}}","profile":"{{name}}","profile_version":1}""");
        Assert.Equal("nginx", Assert.Single((await tasks.StoredTaskAsync(older, "p1"))!.Packages!));
    }

    [Fact]
    public async Task The_same_again_is_no_new_version_and_two_editors_do_not_overwrite_each_other()
    {
        var name = Name();
        foreach (var _ in Enumerable.Range(0, 2))
            Assert.Equal(1, (await BodyAsync(await PutAsync($"/api/v1/profiles/{name}", """{"os_type":"debian","tags":["a"]}"""))).GetProperty("version").GetInt32());

        var both = await Task.WhenAll(PutAsync($"/api/v1/profiles/{name}", """{"base_version":1,"os_type":"debian","tags":["b"]}"""), PutAsync($"/api/v1/profiles/{name}", """{"base_version":1,"os_type":"debian","tags":["c"]}"""));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], both.Select(answer => answer.StatusCode).Order());
        Assert.Equal("profile_changed", (await BodyAsync(both.Single(answer => answer.StatusCode == HttpStatusCode.Conflict))).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Each_value_comes_from_the_nearest_layer_and_says_which()
    {
        var name = Name();
        var (sn, mac) = Samples.Machine();
        await tasks.PutHardwareAsync("p3", Samples.Hardware(sn, mac));
        await tasks.Http.PatchAsync($"/api/v1/machines/p3/{sn}", Body("""{"tags":["role:web/p3"]}"""), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("/api/v1/defaults", """{"packages":["chrony"],"priority":1,"variables":{"ntp":"global","proxy":"global"}}""")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("/api/v1/idcs/p3/defaults", """{"priority":2,"variables":{"ntp":"idc"}}""")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("/api/v1/tag-defaults/role:web%2Fp3", """{"priority":3,"variables":{"role":"tag"}}""")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync($"/api/v1/profiles/{name}", """{"os_type":"debian","os_version":"12","disk_layout":{"disk":{"prefer":"smallest"}},"variables":{"role":"profile"}}""")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync($"/api/v1/machines/p3/{sn}/defaults", """{"hostname":"web-01","disk_layout":{"disk":{"serial":"D1"}}}""")).StatusCode);

        var effective = await tasks.JsonAsync($"/api/v1/profiles/{name}/effective?idc=p3&sn={sn}");
        var origins = effective.GetProperty("origins").EnumerateObject().ToDictionary(
            origin => origin.Name, origin => origin.Value.GetProperty("layer").GetString() + (origin.Value.TryGetProperty("name", out var from) ? " " + from.GetString() : ""));
        Assert.Equal(new Dictionary<string, string>
        {
            ["packages"] = "global", ["variables.proxy"] = "global", ["variables.ntp"] = "idc p3", ["priority"] = "tag role:web/p3", ["os_type"] = $"profile {name}@1", ["os_version"] = $"profile {name}@1",
            ["variables.role"] = $"profile {name}@1", ["disk_layout"] = $"machine p3/{sn}", ["hostname"] = $"machine p3/{sn}",
        }, origins);
        Assert.Equal(3, effective.GetProperty("settings").GetProperty("priority").GetInt32());
        // Elsewhere neither IDC nor tag nor machine say anything.
        Assert.Equal(1, (await tasks.JsonAsync($"/api/v1/profiles/{name}/effective?idc=elsewhere")).GetProperty("settings").GetProperty("priority").GetInt32());

        // The task gets the same, under what it says itself.
        Assert.Equal(HttpStatusCode.Created, (await tasks.PostAsync($"/api/v1/machines/p3/{sn}/task", $$$"""{"profile":"{{{name}}}","packages":[],"variables":{"ntp":"task"}}""")).StatusCode);
        var task = (await tasks.StoredTaskAsync(sn, "p3"))!;
        Assert.Equal(("web-01", 3, "D1", (string?)null), (task.Hostname, task.Priority, task.DiskLayout?.Disk?.Serial, task.DiskLayout?.Disk?.Prefer));
        Assert.Empty(task.Packages!);
        Assert.Equal([("ntp", "task"), ("proxy", "global"), ("role", "profile")], task.Variables!.Select(pair => (pair.Key, pair.Value)).Order());

        await PutAsync("/api/v1/defaults", "{}");
        Assert.Null(await tasks.Store.GetAsync(Keys.Defaults, CancellationToken.None));
        Assert.False((await tasks.JsonAsync($"/api/v1/profiles/{name}/effective")).GetProperty("settings").TryGetProperty("priority", out var _));
    }

    [Fact]
    public async Task Another_system_does_not_take_the_profiles_version()
    {
        var name = Name();
        var (sn, mac) = Samples.Machine();
        await PutAsync($"/api/v1/profiles/{name}", """{"os_type":"debian","os_version":"12"}""");
        await tasks.PostAsync("/api/v1/tasks", $$"""{"idc":"p4","sn":"{{sn}}","mac":"{{mac}}","profile":"{{name}}","os_type":"ubuntu"}""");
        Assert.Equal("ubuntu", (await tasks.StoredTaskAsync(sn, "p4"))!.OsId);
    }

    [Fact]
    public async Task A_profile_that_does_not_exist_is_named_with_those_that_do()
    {
        var name = Name();
        await PutAsync($"/api/v1/profiles/{name}", """{"os_type":"debian"}""");
        var errors = await ErrorsAsync(await tasks.PostAsync("/api/v1/tasks", """{"idc":"p5","sn":"s","mac":"52:54:00:aa:aa:aa","profile":"no-such"}"""));
        var (field, text) = Assert.Single(errors);
        Assert.Equal("profile", field);
        Assert.Contains("'no-such'", text, StringComparison.Ordinal);
        Assert.Contains(name, text, StringComparison.Ordinal);
        Assert.Equal("profile_version", Assert.Single(await ErrorsAsync(await tasks.PostAsync("/api/v1/tasks", $$"""{"idc":"p5","sn":"s","mac":"52:54:00:aa:aa:aa","profile":"{{name}}","profile_version":7}"""))).Field);
        var missing = await tasks.GetAsync("/api/v1/profiles/no-such");
        Assert.Equal((HttpStatusCode.NotFound, "profile_not_found"), (missing.StatusCode, (await BodyAsync(missing)).GetProperty("code").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await tasks.GetAsync($"/api/v1/profiles/{name}?version=9")).StatusCode);
    }

    [Fact]
    public async Task A_task_without_a_profile_inherits_nothing_and_one_without_a_system_is_refused()
    {
        var name = Name();
        await PutAsync("/api/v1/idcs/p6/defaults", """{"packages":["chrony"]}""");
        var (sn, mac) = Samples.Machine();
        await tasks.CreateAsync(sn, mac, "p6");
        Assert.Null((await tasks.StoredTaskAsync(sn, "p6"))!.Packages);
        await PutAsync($"/api/v1/profiles/{name}", """{"packages":["nginx"]}""");
        Assert.Equal("os_type", Assert.Single(await ErrorsAsync(await tasks.PostAsync("/api/v1/tasks", $$"""{"idc":"p6","sn":"s","mac":"52:54:00:aa:aa:ab","profile":"{{name}}"}"""))).Field);
    }

    [Fact]
    public async Task Everything_that_is_wrong_with_a_profile_is_said_at_once()
    {
        var errors = await ErrorsAsync(await PutAsync("/api/v1/profiles/bad%20name", """
            {"os_version":"12","packages":["a b"],"ssh_keys":["x"],"tags":["!"],"priority":1000,"hostname":"h","variables":{"Bad":"x","ok":7},"disk_layout":{"disk":{"prefer":"any"}},"install_method":"dd"}
            """));
        Assert.Equal(
            ["disk_layout.disk.prefer", "hostname", "install_method", "name", "os_version", "packages[0]", "priority", "ssh_keys[0]", "tags[0]", "variables", "variables.ok"],
            errors.Select(error => error.Field).Order(StringComparer.Ordinal));
        Assert.Empty((await tasks.Store.ListAsync("/os/global/profiles/bad", null, 1, 0, CancellationToken.None)).Entries);
        Assert.Equal(HttpStatusCode.BadRequest, (await tasks.GetAsync("/api/v1/profiles/x/effective?sn=a")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync("/api/v1/tag-defaults/%21", "{}")).StatusCode);
    }

    [Fact]
    public async Task What_is_changed_is_audited_with_before_and_after()
    {
        var name = Name();
        await PutAsync($"/api/v1/profiles/{name}", """{"os_type":"debian"}""");
        await PutAsync($"/api/v1/profiles/{name}", """{"os_type":"ubuntu"}""");
        var page = await tasks.Store.ListAsync(Keys.Audit("global"), null, 100, 0, CancellationToken.None);
        var record = page.Entries.Select(entry => JsonDocument.Parse(entry.Value).RootElement).First(record => record.GetProperty("action").GetString() == "profile.changed" && record.GetProperty("value_after").GetProperty("name").GetString() == name);
        Assert.Equal(("debian", "ubuntu"), (record.GetProperty("value_before").GetProperty("os_type").GetString(), record.GetProperty("value_after").GetProperty("os_type").GetString()));
    }

    private static string Name() => $"profile-{Interlocked.Increment(ref _next)}";

    private static StringContent Body(string json) => new(json, Encoding.UTF8, "application/x-www-form-urlencoded");

    private Task<HttpResponseMessage> PutAsync(string path, string body) => tasks.Http.PutAsync(path, Body(body), TestContext.Current.CancellationToken);

    private static Task<JsonElement> BodyAsync(HttpResponseMessage answer) => TasksFixture.JsonAsync(answer);

    private static async Task<List<(string Field, string Text)>> ErrorsAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
        return [.. (await BodyAsync(answer)).GetProperty("errors").EnumerateObject().Select(error => (error.Name, error.Value[0].GetString()!))];
    }
}
