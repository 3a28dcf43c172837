using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LpmOs.Tasks.Tests.Templates;

public sealed class TemplateTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    private const string Path = "/api/v1/templates/ipxe/unsupported.ipxe";

    [Fact]
    public async Task The_shipped_templates_all_render()
    {
        var lint = await tasks.JsonAsync("/api/v1/templates/lint");
        Assert.Empty(lint.GetProperty("faults").EnumerateArray().Select(fault => fault.ToString()));
        Assert.True(lint.GetProperty("rendered").GetInt32() >= lint.GetProperty("templates").GetInt32());
    }

    [Fact]
    public async Task An_override_is_of_one_idc_versioned_compared_and_taken_back()
    {
        var builtIn = (await tasks.JsonAsync(Path)).GetProperty("text").GetString()!;
        var first = await PutAsync("t1", builtIn.Replace("sleep 5", "sleep 6", StringComparison.Ordinal), 0);
        Assert.Equal(1, first.GetProperty("version").GetInt32());
        var second = await PutAsync("t1", builtIn.Replace("sleep 5", "sleep 7", StringComparison.Ordinal), 1);
        Assert.Equal(2, second.GetProperty("version").GetInt32());

        Assert.Contains("sleep 7", await TextAsync("?idc=t1"), StringComparison.Ordinal);
        Assert.Contains("sleep 6", await TextAsync("?idc=t1&version=1"), StringComparison.Ordinal);
        Assert.Equal(builtIn, await TextAsync("?idc=t1&version=0"));
        Assert.Equal(builtIn, await TextAsync("?idc=t2"));
        var row = (await tasks.JsonAsync("/api/v1/templates?idc=t1")).GetProperty("items").EnumerateArray().Single(item => item.GetProperty("name").GetString() == "ipxe/unsupported.ipxe");
        Assert.Equal(("idc", 2), (row.GetProperty("origin").GetString(), row.GetProperty("version").GetInt32()));

        var difference = await tasks.JsonAsync($"{Path}/diff?idc=t1&from=1&to=2");
        Assert.Contains("-sleep 6\n+sleep 7\n", difference.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains("-sleep 5\n+sleep 7\n", (await tasks.JsonAsync($"{Path}/diff?idc=t1")).GetProperty("text").GetString(), StringComparison.Ordinal);

        Assert.Contains("sleep 7", (await RenderAsync("""{"name":"ipxe/unsupported.ipxe","idc":"t1"}""")).GetProperty("text").GetString(), StringComparison.Ordinal);
        await RollBackAsync("t1", 1);
        Assert.Contains("sleep 6", await TextAsync("?idc=t1"), StringComparison.Ordinal);
        await RollBackAsync("t1", 0);
        Assert.Equal(builtIn, await TextAsync("?idc=t1"));
        var versions = (await tasks.JsonAsync($"{Path}/versions?idc=t1")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([4, 3, 2, 1], versions.Select(version => version.GetProperty("version").GetInt32()));
        Assert.True(versions[0].GetProperty("built_in").GetBoolean());
    }

    [Fact]
    public async Task Overrides_of_all_hold_where_an_idc_has_none_of_its_own()
    {
        const string other = "/api/v1/templates/ipxe/local.ipxe";
        var builtIn = (await tasks.JsonAsync(other)).GetProperty("text").GetString()!;
        await PutAsync("global", builtIn + "# of all\n", null, other);
        await PutAsync("t3", builtIn + "# of t3\n", null, other);
        Assert.EndsWith("# of all\n", (await tasks.JsonAsync(other + "?idc=t4")).GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("# of t3\n", (await tasks.JsonAsync(other + "?idc=t3")).GetProperty("text").GetString(), StringComparison.Ordinal);
        await RollBackAsync("t3", 0, other);
        Assert.EndsWith("# of all\n", (await tasks.JsonAsync(other + "?idc=t3")).GetProperty("text").GetString(), StringComparison.Ordinal);
        await RollBackAsync("global", 0, other);
    }

    [Theory]
    [InlineData("line one\n{{ if }}\n", "(2,")]
    [InlineData("line one\nline two\n  {{ machine.nonsense }}\n", "(3,")]
    [InlineData("{{ include 'snippets/missing' }}\n", "(1,")]
    [InlineData("{{ for x in 1..100000000 }}x{{ end }}\n", "(1,")]
    // For sites with authorities of their own alone.
    [InlineData("line one\n{{ if ca_sha256 }}{{ nonsense }}{{ end }}\n", "(2,")]
    public async Task A_text_that_does_not_render_is_refused_with_line_and_column_and_changes_nothing(string text, string place)
    {
        var before = (await tasks.JsonAsync($"{Path}/versions?idc=t5")).GetProperty("items").GetArrayLength();
        var answer = await tasks.Http.PutAsync(Path, Body("t5", text, null), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("ipxe/unsupported.ipxe" + place, (await TasksFixture.JsonAsync(answer)).GetProperty("errors").GetProperty("text")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(before, (await tasks.JsonAsync($"{Path}/versions?idc=t5")).GetProperty("items").GetArrayLength());
        // The same while it is edited: answered, not refused, and with the place as numbers.
        var fault = (await RenderAsync(new JsonObject { ["name"] = "ipxe/unsupported.ipxe", ["text"] = text }.ToJsonString())).GetProperty("fault");
        Assert.Equal(place, $"({fault.GetProperty("line").GetInt32()},");
        Assert.True(fault.GetProperty("column").GetInt32() >= 1);
    }

    /// <summary>What all IDCs have in common is included by what some have of their own.</summary>
    [Fact]
    public async Task A_change_for_all_that_an_IDCs_own_template_would_not_render_with_is_refused()
    {
        const string shared = "/api/v1/templates/snippets/greeting.txt";
        await PutAsync("global", "{{ greeting = 'hello' }}", null, shared);
        var own = (await tasks.JsonAsync(Path)).GetProperty("text").GetString() + "# {{ include 'snippets/greeting.txt' }}{{ greeting }}\n";
        await PutAsync("t10", own, null);
        var renamed = await tasks.Http.PutAsync(shared, Body("global", "{{ salute = 'hello' }}", null), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, renamed.StatusCode);
        Assert.StartsWith("t10: ipxe/unsupported.ipxe(", (await TasksFixture.JsonAsync(renamed)).GetProperty("errors").GetProperty("text")[0].GetString(), StringComparison.Ordinal);
        var gone = await tasks.PostAsync(shared + "/rollback", """{"version":0}""");
        Assert.Equal(HttpStatusCode.BadRequest, gone.StatusCode);
        // An IDC with its own does not need it any more.
        await PutAsync("t10", "{{ greeting = 'good day' }}", null, shared);
        Assert.True((await tasks.PostAsync(shared + "/rollback", """{"version":0}""")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_snippet_is_rendered_with_what_those_that_include_it_have()
    {
        var rendered = await RenderAsync("""{"name":"snippets/settings.txt"}""");
        Assert.False(rendered.TryGetProperty("fault", out var fault), fault.ToString());
        Assert.Contains(" by ", rendered.GetProperty("target").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_editors_do_not_overwrite_each_other()
    {
        var text = (await tasks.JsonAsync(Path)).GetProperty("text").GetString()!;
        var answers = await Task.WhenAll(
            tasks.Http.PutAsync(Path, Body("t6", text + "# a\n", 0), TestContext.Current.CancellationToken),
            tasks.Http.PutAsync(Path, Body("t6", text + "# b\n", 0), TestContext.Current.CancellationToken));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Select(answer => answer.StatusCode).Order());
        Assert.Equal("template_changed", (await TasksFixture.JsonAsync(answers.Single(answer => answer.StatusCode == HttpStatusCode.Conflict))).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("/api/v1/templates/..%2f..%2fetc/passwd", 400)]
    [InlineData("/api/v1/templates/ipxe/.hidden", 400)]
    [InlineData("/api/v1/templates/ipxe/none.ipxe", 404)]
    [InlineData("/api/v1/templates/ipxe/local.ipxe?version=7&idc=t7", 404)]
    [InlineData("/api/v1/templates/ipxe/local.ipxe?version=x", 400)]
    [InlineData("/api/v1/templates?idc=a/b", 400)]
    public async Task Names_lead_nowhere_else(string path, int status) => Assert.Equal(status, (int)(await tasks.GetAsync(path)).StatusCode);

    [Theory]
    [InlineData("""{"name":"ipxe/local.ipxe","sample":"none"}""", "sample")]
    [InlineData("""{"name":"ipxe/local.ipxe","sn":"SN-1"}""", "idc")]
    [InlineData("""{"name":"ipxe/local.ipxe","idc":"t8","sn":"SN-1"}""", "sn")]
    [InlineData("""{"name":"../secret"}""", "name")]
    [InlineData("""{"name":"ipxe/local.ipxe","os_type":"beos"}""", "os_type")]
    [InlineData("""{"name":"ipxe/local.ipxe","colour":1}""", "colour")]
    public async Task Requests_to_render_name_what_is_wrong(string body, string field)
    {
        var answer = await tasks.PostAsync("/api/v1/templates/render", body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(field, (await TasksFixture.JsonAsync(answer)).GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    private async Task<string> TextAsync(string query) => (await tasks.JsonAsync(Path + query)).GetProperty("text").GetString()!;

    private async Task<JsonElement> RenderAsync(string body)
    {
        var answer = await tasks.PostAsync("/api/v1/templates/render", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await TasksFixture.JsonAsync(answer);
    }

    private async Task<JsonElement> PutAsync(string idc, string text, int? baseVersion, string path = Path)
    {
        var answer = await tasks.Http.PutAsync(path, Body(idc, text, baseVersion), TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await TasksFixture.JsonAsync(answer);
    }

    private async Task RollBackAsync(string idc, int version, string path = Path)
    {
        var answer = await tasks.PostAsync(path + "/rollback", $$"""{"idc":"{{idc}}","version":{{version}}}""");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static StringContent Body(string idc, string text, int? baseVersion) => new(new JsonObject { ["idc"] = idc, ["text"] = text, ["base_version"] = baseVersion }.ToJsonString());
}
