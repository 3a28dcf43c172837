using System.Net;

namespace LpmOs.Tasks.Tests.Webhooks;

public sealed class WebhookUrlTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once()
    {
        var answer = await tasks.PostAsync("/api/v1/webhooks", """{"url":"http://localhost/x","secret":"short","events":["task.done"],"idc":"a/b","uri":"x"}""");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(["events[0]", "idc", "secret", "uri", "url"], (await TasksFixture.JsonAsync(answer)).GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, (await tasks.GetAsync("/api/v1/webhooks/0123abcd")).StatusCode);
    }

    [Fact]
    public async Task A_source_of_an_asset_leads_to_no_file_and_no_link_local_address()
    {
        var digest = new string('a', 64);
        foreach (var source in new[] { "file:///etc/passwd", "http://169.254.169.254/latest/meta-data", "http://[fe80::1]/x", "http://user:pw@mirror.example/linux", "gopher://mirror.example/" })
        {
            var answer = await tasks.Http.PutAsync("/api/v1/assets/dc1/debian-12/linux", new StringContent($$"""{"sha256":"{{digest}}","source":"{{source}}"}"""), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Equal("source", Assert.Single((await TasksFixture.JsonAsync(answer)).GetProperty("errors").EnumerateObject()).Name);
        }
    }
}
