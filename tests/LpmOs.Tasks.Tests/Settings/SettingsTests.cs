using System.Net;
using System.Text;

namespace LpmOs.Tasks.Tests.Settings;

public sealed class SettingsTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Fact]
    public async Task Every_change_is_in_the_audit_with_what_it_was_and_what_it_is()
    {
        await PutAsync("/api/v1/idcs/s1/settings", """{"max_installations":5}""");
        await PutAsync("/api/v1/idcs/s1/settings", """{"max_installations":6,"four_eyes":true}""");
        // The same again is no change.
        await PutAsync("/api/v1/idcs/s1/settings", """{"max_installations":6,"four_eyes":true}""");
        var records = (await tasks.JsonAsync("/api/v1/audit?idc=s1&action=settings.changed")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(2, records.Count);
        Assert.Equal((5, 6), (records[0].GetProperty("value_before").GetProperty("max_installations").GetInt32(), records[0].GetProperty("value_after").GetProperty("max_installations").GetInt32()));
        Assert.False(records[1].TryGetProperty("value_before", out _));

        await PutAsync("/api/v1/idcs/s1/defaults", """{"packages":["a"]}""");
        await PutAsync("/api/v1/idcs/s1/defaults", "{}");
        var defaults = (await tasks.JsonAsync("/api/v1/audit?idc=s1&action=defaults.changed")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(2, defaults.Count);
        Assert.Equal("a", defaults[0].GetProperty("value_before").GetProperty("packages")[0].GetString());
        Assert.False(defaults[0].TryGetProperty("value_after", out _));
    }

    [Theory]
    [InlineData("""{"maintenance_windows":[null]}""", "maintenance_windows[0]")]
    [InlineData("""{"auto_approval":[null]}""", "auto_approval[0]")]
    [InlineData("""{"maintenance_windows":[{"from":"22:00","to":"06:00","time_zone":"Mars/Olympus"}]}""", "maintenance_windows[0].time_zone")]
    [InlineData("""{"maintenance_windows":[{"from":"22:00","to":"06:00","time_zone":"../../etc/passwd"}]}""", "maintenance_windows[0].time_zone")]
    [InlineData("""{"maintenance_windows":[{"from":"22:00","to":"06:00","time_zone":""}]}""", "maintenance_windows[0].time_zone")]
    [InlineData("""{"maintenance_windows":[{"from":"22:00","to":"06:00","days":[null]}]}""", "maintenance_windows[0].days")]
    public async Task What_cannot_be_is_named(string body, string field)
    {
        var answer = await tasks.Http.PutAsync("/api/v1/idcs/s2/settings", new StringContent(body, Encoding.UTF8), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await TasksFixture.JsonAsync(answer)).GetProperty("errors").TryGetProperty(field, out _), await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async Task PutAsync(string path, string body)
    {
        var answer = await tasks.Http.PutAsync(path, new StringContent(body, Encoding.UTF8), TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
