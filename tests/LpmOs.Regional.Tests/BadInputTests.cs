using System.Net;

namespace LpmOs.Regional.Tests;

public sealed class BadInputTests(RegionalFixture regional) : IClassFixture<RegionalFixture>
{
    private static readonly string[] Paths = ["/api/v1/report", "/api/v1/progress", "/api/v1/operations/next", "/api/v1/logs", "/api/v1/installed"];

    public static TheoryData<string> Bodies => new(
        "", " ", "null", "[]", "{}", "{", "\"text\"", "42", "{\"sn\":1}", "{\"sn\":null}", "{\"sn\":{\"a\":[]}}", "sn=1&b=2", "\0\0\0", "{\"sn\":\"a\",\"sn\"",
        "{\"sn\":\"a/../b\",\"task_id\":\"task-1\",\"step\":\"x\",\"percent\":1,\"lines\":[],\"mac_address\":\"nonsense\",\"hardware\":null}",
        "{\"sn\":\"s\",\"mac_address\":\"00:1a:2b:3c:4d:5e\",\"hardware\":{\"serial_number\":\"s\",\"mac_address\":\"m\",\"disks\":null}}",
        "{\"sn\":\"s\\u0007\",\"task_id\":\"task-00000001\",\"step\":\"a\\nb\",\"percent\":-1,\"lines\":[null],\"completed\":{\"operation\":\"rm -rf\",\"success\":true}}");

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Every_endpoint_answers_bad_bodies_with_400_and_the_field(string body)
    {
        foreach (var path in Paths)
        {
            var answer = await regional.PostTextAsync(path, body);
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{path} answered {(int)answer.StatusCode} to {body}");
            var problem = await RegionalFixture.JsonAsync(answer);
            Assert.Equal("invalid_request", problem.GetProperty("code").GetString());
            Assert.NotEmpty(problem.GetProperty("errors").EnumerateObject());
        }
    }

    [Fact]
    public async Task All_that_is_wrong_is_listed_at_once()
    {
        var answer = await regional.PostAsync("/api/v1/report", new { sn = "../x", mac_address = "zz", hardware = new { serial_number = "", mac_address = "" } });
        var errors = (await RegionalFixture.JsonAsync(answer)).GetProperty("errors");
        Assert.Contains("'../x'", errors.GetProperty("sn")[0].GetString(), StringComparison.Ordinal);
        Assert.Contains("'zz'", errors.GetProperty("mac_address")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/task/..%2f..%2fetc")]
    [InlineData("/api/v1/task/a%0ab")]
    [InlineData("/api/v1/task/SN?wait=-1")]
    [InlineData("/api/v1/task/SN?wait=9999")]
    [InlineData("/api/v1/task/SN?wait=soon")]
    public async Task Bad_paths_and_queries_are_refused(string path) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await regional.Http.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode);

    [Fact]
    public async Task Gaps_in_the_lists_of_a_report_are_not_stored()
    {
        var (sn, mac, _) = Samples.Machine();
        var body = $$"""{"sn":"{{sn}}","mac_address":"{{mac}}","hardware":{"serial_number":"{{sn}}","mac_address":"{{mac}}","driverless_devices":[null],"disks":[null,{"device":"/dev/vda","size_bytes":1,"content":{"partitions":[null]} }],"nics":[null]} }""";
        Assert.Equal(HttpStatusCode.OK, (await regional.PostTextAsync("/api/v1/report", body)).StatusCode);
        var stored = System.Text.Encoding.UTF8.GetString((await regional.Store.GetAsync(LpmOs.Core.Store.Keys.Meta("dc1", sn), CancellationToken.None))!.Value.Span);
        Assert.DoesNotContain("null", stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_serial_number_of_300_characters_is_refused() =>
        Assert.Equal(HttpStatusCode.BadRequest, (await regional.Http.GetAsync("/api/v1/task/" + new string('a', 300), TestContext.Current.CancellationToken)).StatusCode);

    [Fact]
    public async Task A_body_of_ten_megabytes_is_refused_and_the_service_goes_on()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/report") { Content = new StringContent("{\"sn\":\"" + new string('a', 10_000_000) + "\"}") };
        request.Headers.ExpectContinue = true;
        // The handler waits a second for the answer by itself; then the body would run into a connection that is closed.
        using var patient = new HttpClient(new SocketsHttpHandler { UseProxy = false, Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = regional.Http.BaseAddress };
        var answer = await patient.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await regional.Http.GetAsync("/healthz", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task A_body_nested_a_thousand_levels_is_refused()
    {
        var answer = await regional.PostTextAsync("/api/v1/report", string.Concat(Enumerable.Repeat("{\"a\":", 1000)) + "1" + new string('}', 1000));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_wrong_token_is_refused_even_where_none_is_required()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/task/SN-1");
        request.Headers.Authorization = new("Bearer", "forged.token");
        Assert.Equal(HttpStatusCode.Unauthorized, (await regional.Http.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
    }
}
