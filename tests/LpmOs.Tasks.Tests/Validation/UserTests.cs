using System.Net;

namespace LpmOs.Tasks.Tests.Validation;

/// <summary>Users, time zone, language and kernel arguments of the installed system.</summary>
public sealed class UserTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    private const string Hash = "$6$rounds=5000$saltsaltsalt$PLANTEDplantedPLANTEDplantedPLANTEDplanted.1234567890abcdefghijklmnopqrstuvwxyz";

    [Fact]
    public async Task A_password_hash_is_read_back_sealed_and_nowhere_in_clear()
    {
        var (sn, mac) = Samples.Machine();
        var created = await tasks.PostAsync("/api/v1/tasks", Samples.Task(sn, mac, more: $$""","users":[{"name":"ops","sudo":true,"password_hash":"{{Hash}}"},{"name":"root"}],"timezone":"Asia/Shanghai","locale":"zh_CN.UTF-8","keyboard":"us","kernel_arguments":["mitigations=auto"]"""));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var text = await created.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("PLANTED", text, StringComparison.OrdinalIgnoreCase);
        var task = await TasksFixture.JsonAsync(await tasks.GetAsync($"/api/v1/tasks/dc1/{sn}"));
        var sealedHash = task.GetProperty("users")[0].GetProperty("password_hash").GetString()!;
        Assert.StartsWith("sealed:", sealedHash, StringComparison.Ordinal);
        foreach (var path in new[] { $"/api/v1/tasks/dc1/{sn}", $"/api/v1/tasks/dc1/{sn}/plan", "/api/v1/tasks", "/api/v1/audit" })
            Assert.DoesNotContain("PLANTED", await (await tasks.GetAsync(path)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.OrdinalIgnoreCase);

        // What was read may be sent again, to another machine too.
        var (otherSn, otherMac) = Samples.Machine();
        var again = await tasks.PostAsync("/api/v1/tasks", Samples.Task(otherSn, otherMac, more: $$""","users":[{"name":"ops","password_hash":"{{sealedHash}}"}]"""));
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Equal(sealedHash, (await TasksFixture.JsonAsync(await tasks.GetAsync($"/api/v1/tasks/dc1/{otherSn}"))).GetProperty("users")[0].GetProperty("password_hash").GetString());
    }

    [Theory]
    [InlineData("users[0].password_hash", "\"users\":[{\"name\":\"ops\",\"password_hash\":\"MySecret1\"}]", "never the password")]
    [InlineData("users[0].password_hash", "\"users\":[{\"name\":\"ops\",\"password_hash\":\"sealed:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]", "never the password")]
    [InlineData("users[0].password_hash", "\"users\":[{\"name\":\"ops\",\"password_hash\":\"$6$salt$with:colon:in:it:root::0:0\"}]", "never the password")]
    [InlineData("users[0].name", "\"users\":[{\"name\":\"Ops User\"}]", "small letters")]
    [InlineData("users[1].name", "\"users\":[{\"name\":\"ops\"},{\"name\":\"ops\"}]", "twice")]
    [InlineData("users[0].ssh_keys[0]", "\"users\":[{\"name\":\"ops\",\"ssh_keys\":[\"ssh-rsa AAAA\"]}]", "")]
    [InlineData("users[0].password", "\"users\":[{\"name\":\"ops\",\"password\":\"x\"}]", "no such field")]
    [InlineData("timezone", "\"timezone\":\"Mars/Olympus\"", "Asia/Shanghai")]
    [InlineData("timezone", "\"timezone\":\"../../etc/passwd\"", "Asia/Shanghai")]
    [InlineData("locale", "\"locale\":\"zh-CN\"", "zh_CN.UTF-8")]
    [InlineData("keyboard", "\"keyboard\":\"us;reboot\"", "layout")]
    [InlineData("kernel_arguments[0]", "\"kernel_arguments\":[\"init=/bin/sh; x\"]", "without blanks")]
    [InlineData("kernel_arguments[1]", "\"kernel_arguments\":[\"quiet\",\"root=/dev/sda1\"]", "not root=")]
    public async Task What_cannot_be_is_refused_by_the_field_and_a_password_is_not_repeated(string field, string body, string says)
    {
        var (sn, mac) = Samples.Machine();
        var answer = await tasks.PostAsync("/api/v1/tasks", Samples.Task(sn, mac, more: "," + body));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain("MySecret1", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var error = Assert.Single((await TasksFixture.JsonAsync(answer)).GetProperty("errors").EnumerateObject());
        Assert.Equal(field, error.Name);
        Assert.Contains(says, error.Value[0].GetString(), StringComparison.Ordinal);
    }
}
