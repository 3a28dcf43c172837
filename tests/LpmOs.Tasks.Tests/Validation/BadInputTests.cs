using System.Net;
using System.Text;
using System.Text.Json;

namespace LpmOs.Tasks.Tests.Validation;

public sealed class BadInputTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{")]
    [InlineData("42")]
    [InlineData("\"text\"")]
    [InlineData("sn=1&mac=2")]
    [InlineData("\0\0")]
    [InlineData("{\"sn\":\"a\" \"mac\"")]
    [InlineData("{\"sn\":{\"a\":[]},\"idc\":[],\"mac\":true,\"network\":1,\"disk_layout\":\"x\",\"tags\":{},\"deadline\":5}")]
    [InlineData("{\"sn\":\"\\ud800\",\"\\udc00\":1,\"notes\":\"\\u0000\"}")]
    public async Task What_is_no_task_is_answered_with_400_and_the_fields(string body)
    {
        var answer = await tasks.PostAsync("/api/v1/tasks", body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await TasksFixture.JsonAsync(answer);
        Assert.Equal("invalid_request", problem.GetProperty("code").GetString());
        Assert.NotEmpty(problem.GetProperty("errors").EnumerateObject());
    }

    [Fact]
    public async Task Arrays_that_no_controller_can_make_are_refused_by_field()
    {
        var answer = await tasks.PostAsync("/api/v1/tasks", """
            {"idc":"dc1","sn":"sn-raid","mac":"00:1a:2b:3c:4d:77","os_type":"debian","hardware_config":{"controllers":[{"id":"; reboot","arrays":[
              {"name":"a b","level":"raid7","disks":["252:0"]},{"name":"data","level":"raid5","disks":["252:0","$(x)"]},{"name":"data","level":"raid1","disks":["252:0","252:1"]}]},{}],"x":1}}
            """);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var errors = (await TasksFixture.JsonAsync(answer)).GetProperty("errors").EnumerateObject().Select(error => error.Name).ToList();
        foreach (var field in (string[])["hardware_config.controllers[0].id", "hardware_config.controllers[0].arrays[0].name", "hardware_config.controllers[0].arrays[0].level", "hardware_config.controllers[0].arrays[1].disks", "hardware_config.controllers[0].arrays", "hardware_config.controllers[1].arrays", "hardware_config.controllers", "hardware_config.x"])
            Assert.Contains(field, errors);
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_listed_at_once()
    {
        var answer = await tasks.PostAsync("/api/v1/tasks", """
            {"idc":"a/b","sn":5,"mac":"01:00:5e:00:00:01","os_type":"Windows","hostname":"-x","profile":"p p","install_method":"dd",
             "network":{"interfaces":[{"addresses":["10.0.0.0/24","10.1/8","224.0.0.1/24"],"gateway":"10.9.9.9","dns":["x"],"mac":"zz"},{"dhcp4":false}]},
             "disk_layout":{"disk":{"device":"../sda","prefer":"any","siral":"x"},"root_file_system":"ntfs"},
             "packages":["ok","$(reboot)"],"tags":["好","b ad"],"ssh_keys":["ssh-rsa AAAA","-----BEGIN OPENSSH PRIVATE KEY-----"],
             "notes":"bell \u0007","not_before":"2030-01-02T00:00:00Z","deadline":"2001-01-01T00:00:00Z","os_verison":"22.04"}
            """);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var errors = (await TasksFixture.JsonAsync(answer)).GetProperty("errors").EnumerateObject().Select(error => error.Name);
        string[] expected =
        [
            "idc", "sn", "mac", "os_type", "hostname", "profile", "install_method", "network.interfaces[0].addresses[0]", "network.interfaces[0].addresses[1]",
            "network.interfaces[0].addresses[2]", "network.interfaces[0].gateway", "network.interfaces[0].dns[0]", "network.interfaces[0].mac", "network.interfaces[1].addresses",
            "disk_layout.disk.device", "disk_layout.disk.prefer", "disk_layout.disk.siral", "disk_layout.root_file_system", "packages[1]", "tags[1]", "ssh_keys[0]", "ssh_keys[1]",
            "notes", "not_before", "deadline", "os_verison",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), errors.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("sn", "..")]
    [InlineData("sn", "a/b")]
    [InlineData("sn", "a\nb")]
    [InlineData("sn", "a..b")]
    [InlineData("sn", "")]
    [InlineData("sn", "机器")]
    [InlineData("idc", "global")]
    [InlineData("idc", "../dc1")]
    [InlineData("idc", "dc 1")]
    [InlineData("mac", "00:00:00:00:00:00")]
    [InlineData("mac", "00:1a:2b:3c:4d")]
    [InlineData("mac", "00:1a-2b:3c:4d:5e")]
    public async Task Impossible_names_are_refused_by_field(string field, string value)
    {
        var body = new Dictionary<string, string> { ["idc"] = "dc1", ["sn"] = "SN-bad", ["mac"] = "00:1a:2b:3c:4d:5e", ["os_type"] = "debian", [field] = value };
        var answer = await tasks.PostAsync("/api/v1/tasks", JsonSerializer.Serialize(body));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(field, Assert.Single((await TasksFixture.JsonAsync(answer)).GetProperty("errors").EnumerateObject()).Name);
    }

    [Theory]
    [InlineData("/api/v1/tasks/dc1/a%2fb")]
    [InlineData("/api/v1/tasks/dc1/a%0ab")]
    [InlineData("/api/v1/tasks/global/x")]
    [InlineData("/api/v1/machines/dc1/%2e%2e%2fx")]
    [InlineData("/api/v1/servers/a%20b")]
    [InlineData("/api/v1/stats/..%2f")]
    [InlineData("/api/v1/tasks?limit=0")]
    [InlineData("/api/v1/tasks?limit=many")]
    [InlineData("/api/v1/tasks?cursor=!!!")]
    [InlineData("/api/v1/tasks?cursor=YWJj")]
    [InlineData("/api/v1/tasks?sort=colour")]
    [InlineData("/api/v1/tasks?status=done")]
    [InlineData("/api/v1/machines?unmatched=perhaps")]
    public async Task Bad_paths_and_queries_are_refused(string path) => Assert.Equal(HttpStatusCode.BadRequest, (await tasks.GetAsync(path)).StatusCode);

    [Fact]
    public async Task Names_of_300_characters_are_refused()
    {
        var name = new string('a', 300);
        Assert.Equal(HttpStatusCode.BadRequest, (await tasks.GetAsync($"/api/v1/tasks/dc1/{name}")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await tasks.PostAsync("/api/v1/tasks", Samples.Task(name, "00:1a:2b:3c:4d:5e"))).StatusCode);
    }

    [Fact]
    public async Task A_body_of_ten_megabytes_is_refused_and_the_service_goes_on()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/tasks") { Content = new StringContent("{\"notes\":\"" + new string('a', 10_000_000) + "\"}") };
        request.Headers.ExpectContinue = true;
        // The handler waits a second for the answer by itself; then the body would run into a connection that is closed.
        using var patient = new HttpClient(new SocketsHttpHandler { UseProxy = false, Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = tasks.Http.BaseAddress };
        var answer = await patient.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await tasks.GetAsync("/healthz")).StatusCode);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused()
    {
        var (sn, mac) = Samples.Machine();
        using var body = new ByteArrayContent(Encoding.Latin1.GetBytes(Samples.Task(sn, mac, more: ",\"notes\":\"\u00c9\u00f3\"")));
        var answer = await tasks.Http.PostAsync("/api/v1/tasks", body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(await tasks.StoredTaskAsync(sn));
    }

    [Theory]
    [InlineData("""{"notes":5}""")]
    [InlineData("""{"note":"misspelt"}""")]
    [InlineData("""{"plan_hash":"abc"}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task A_bad_approval_does_not_approve(string body)
    {
        var (sn, mac) = Samples.Machine();
        await tasks.CreateAsync(sn, mac);
        Assert.Equal(HttpStatusCode.BadRequest, (await tasks.PostAsync($"/api/v1/tasks/dc1/{sn}/approve", body)).StatusCode);
        Assert.Equal(Contracts.Tasks.TaskState.Pending, (await tasks.StoredTaskAsync(sn))!.Status);
    }
}
