using System.Net;

namespace LpmOs.Tasks.Tests.Validation;

/// <summary>The passphrase of encrypted disks.</summary>
public sealed class DiskPassphraseTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    private const string Passphrase = "planted horse battery staple";

    [Fact]
    public async Task It_is_read_back_sealed_may_be_sent_again_and_is_nowhere_in_clear()
    {
        var (sn, mac) = Samples.Machine();
        var created = await tasks.PostAsync("/api/v1/tasks", Samples.Task(sn, mac, more: Layout(Passphrase)));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var sealedText = (await TasksFixture.JsonAsync(created)).GetProperty("disk_layout").GetProperty("encryption").GetProperty("passphrase").GetString()!;
        Assert.StartsWith("sealed:", sealedText, StringComparison.Ordinal);
        foreach (var path in new[] { $"/api/v1/tasks/dc1/{sn}", $"/api/v1/tasks/dc1/{sn}/plan", "/api/v1/tasks", "/api/v1/audit" })
            Assert.DoesNotContain("planted horse", await (await tasks.GetAsync(path)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        var (otherSn, otherMac) = Samples.Machine();
        Assert.Equal(HttpStatusCode.Created, (await tasks.PostAsync("/api/v1/tasks", Samples.Task(otherSn, otherMac, more: Layout(sealedText)))).StatusCode);
        Assert.Equal(sealedText, (await TasksFixture.JsonAsync(await tasks.GetAsync($"/api/v1/tasks/dc1/{otherSn}"))).GetProperty("disk_layout").GetProperty("encryption").GetProperty("passphrase").GetString());
    }

    [Fact]
    public async Task One_that_is_refused_is_not_repeated()
    {
        var (sn, mac) = Samples.Machine();
        var answer = await tasks.PostAsync("/api/v1/tasks", Samples.Task(sn, mac, more: Layout("plant\u00e9d")));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("plant", text, StringComparison.Ordinal);
        Assert.Contains("disk_layout.encryption.passphrase", text, StringComparison.Ordinal);
    }

    private static string Layout(string passphrase) => $$$""","disk_layout":{"preset":"lvm","encryption":{"passphrase":"{{{passphrase}}}"}}""";
}
