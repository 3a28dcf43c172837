using System.Net;
using System.Text;
using System.Text.Json;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Tasks.Tests.Batch;

public sealed class BatchTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Fact]
    public async Task Each_row_has_its_own_outcome()
    {
        var rows = Enumerable.Range(0, 4).Select(_ => Samples.Machine()).ToList();
        await tasks.CreateAsync(rows[1].Sn, rows[1].Mac, "b1");
        var result = await BatchAsync($$"""{"tasks":[{{Row(rows[0], "b1")}},{{Row(rows[1], "b1")}},{{Row(rows[2], "b1").Replace("Ubuntu", "Windows", StringComparison.Ordinal)}},{{Row(rows[3], "b1")}},{{Row(rows[0], "b1")}},5]}""");
        Assert.Equal(["created", "refused", "invalid", "created", "invalid", "invalid"], Outcomes(result));
        Assert.Equal((6, 2, 4), (result.GetProperty("total").GetInt32(), result.GetProperty("succeeded").GetInt32(), result.GetProperty("refused").GetInt32()));
        Assert.Equal("active_task_exists", result.GetProperty("results")[1].GetProperty("code").GetString());
        Assert.Equal("os_type", Assert.Single(result.GetProperty("results")[2].GetProperty("errors").EnumerateObject()).Name);
        Assert.Equal(TaskState.Pending, (await tasks.StoredTaskAsync(rows[3].Sn, "b1"))!.Status);
        Assert.Null(await tasks.StoredTaskAsync(rows[2].Sn, "b1"));
    }

    [Fact]
    public async Task A_dry_run_and_a_batch_with_one_bad_row_of_all_or_nothing_write_nothing()
    {
        var rows = Enumerable.Range(0, 2).Select(_ => Samples.Machine()).ToList();
        var body = $"[{Row(rows[0], "b2")},{Row(rows[1], "b2")}]";
        Assert.Equal(["valid", "valid"], Outcomes(await BatchAsync(body, "?dry_run=true")));
        Assert.Equal(["not_done", "invalid"], Outcomes(await BatchAsync(body.Replace(rows[1].Mac, "zz", StringComparison.Ordinal), "?all_or_nothing=true")));
        Assert.Equal(0, (await tasks.JsonAsync("/api/v1/tasks?idc=b2")).GetProperty("total").GetInt32());
        Assert.Equal(["created", "created"], Outcomes(await BatchAsync(body, "?all_or_nothing=true")));
    }

    [Fact]
    public async Task A_thousand_rows_go_in_one_call()
    {
        var rows = Enumerable.Range(0, 1000).Select(_ => Samples.Machine()).ToList();
        var result = await BatchAsync($"[{string.Join(',', rows.Select(row => Row(row, "b3")))}]");
        Assert.Equal(1000, result.GetProperty("succeeded").GetInt32());
        Assert.Equal(1000, (await tasks.JsonAsync("/api/v1/stats/b3")).GetProperty("pending").GetInt32());
    }

    [Fact]
    public async Task The_template_can_be_sent_as_it_is_and_CSV_with_BOM_CRLF_and_quotes_is_read()
    {
        var template = await (await tasks.GetAsync("/api/v1/tasks/batch/template")).Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["created"], Outcomes(await BatchAsync(template)));

        var (sn, mac) = Samples.Machine();
        Assert.Equal(["created"], Outcomes(await BatchAsync($"\uFEFFSN,mac,idc,os_type,notes,tags,address,gateway\r\n{sn},{mac},b4,debian,\"一, \"\"二\"\"\r\n三\",a;b,10.0.0.9/24,10.0.0.1\r\n\r\n")));
        var task = await tasks.StoredTaskAsync(sn, "b4");
        Assert.Equal("一, \"二\"\r\n三", task!.Notes);
        Assert.Equal(["a", "b"], task.Tags!);
        Assert.Equal(["10.0.0.9/24"], task.Network!.Interfaces[0].Addresses);
        Assert.False(task.Network.Interfaces[0].Dhcp4);
    }

    [Theory]
    [InlineData("idc,sn,mac,os_typ\nx,y,z,w\n", "Line 1, column 4", "os_typ")]
    [InlineData("idc,sn,mac\nx,y,z\n", "Line 1, column 4", "os_type")]
    [InlineData("idc,sn,sn,os_type\n", "Line 1, column 3", "twice")]
    [InlineData("idc,sn,mac,os_type\ndc1,a,00:1a:2b:3c:4d:5e,debian\ndc1,b,00:1a:2b:3c:4d:5f\n", "Line 3, column 4", "3 fields")]
    [InlineData("idc,sn,mac,os_type\ndc1,a,00:1a:2b:3c:4d:5e,debian,extra\n", "Line 2, column 5", "5 fields")]
    [InlineData("idc,sn,mac,os_type\ndc1,a\"b,00:1a:2b:3c:4d:5e,debian\n", "Line 2", "quotation")]
    public async Task A_wrong_table_is_answered_with_line_and_column(string csv, string place, string what)
    {
        var message = await RefusedAsync(Encoding.UTF8.GetBytes(csv));
        Assert.Contains(place, message, StringComparison.Ordinal);
        Assert.Contains(what, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GBK_is_named_with_line_and_column()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var message = await RefusedAsync(Encoding.GetEncoding("GB18030").GetBytes("idc,sn,mac,os_type,notes\ndc1,a,00:1a:2b:3c:4d:5e,debian,机柜\n"));
        Assert.Contains("GBK", message, StringComparison.Ordinal);
        Assert.Contains("line 2, column 32", message, StringComparison.Ordinal);
        Assert.Contains("UTF-16", await RefusedAsync(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("idc,sn\n")).ToArray()), StringComparison.Ordinal);
        Assert.DoesNotContain("GBK", await RefusedAsync([0x69, 0xff, 0xfe, 0x00]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_is_wrong_is_named_with_its_line()
    {
        var (sn, mac) = Samples.Machine();
        var result = await BatchAsync($"idc,sn,mac,os_type,deadline\ndc1,{sn},{mac},debian,\ndc1,x,nonsense,debian,tomorrow\n", "?dry_run=true");
        Assert.Equal(["valid", "invalid"], Outcomes(result));
        Assert.Equal(3, result.GetProperty("results")[1].GetProperty("line").GetInt32());
        Assert.Equal(["deadline", "mac"], result.GetProperty("results")[1].GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_call_sent_again_with_its_key_does_nothing_twice()
    {
        var (sn, mac) = Samples.Machine();
        var body = $"[{Row((sn, mac), "b6")}]";
        var first = await SendAsync(body, "key-1");
        var again = await SendAsync(body, "key-1");
        Assert.Equal(await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), await again.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotent-Replayed")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync(body.Replace(sn, "other", StringComparison.Ordinal), "key-1")).StatusCode);
        Assert.Equal(["refused"], Outcomes(await BatchAsync(body)));

        var (next, nextMac) = Samples.Machine();
        var racing = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => SendAsync($"[{Row((next, nextMac), "b6")}]", "key-2")));
        Assert.All(racing, answer => Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.Conflict }));
        Assert.Equal(1, (await tasks.JsonAsync($"/api/v1/tasks?idc=b6&q={next}")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Decisions_by_filter_show_first_how_many_and_then_do_just_those()
    {
        var rows = Enumerable.Range(0, 3).Select(_ => Samples.Machine()).ToList();
        await BatchAsync($"[{string.Join(',', rows.Select(row => Row(row, "b7")))}]");
        await tasks.PostAsync($"/api/v1/tasks/b7/{rows[0].Sn}/reject");

        var preview = await TasksFixture.JsonAsync(await tasks.PostAsync("/api/v1/tasks/batch/approve", """{"idc":"b7","dry_run":true}"""));
        Assert.Equal(2, preview.GetProperty("total").GetInt32());
        Assert.Equal(TaskState.Pending, (await tasks.StoredTaskAsync(rows[1].Sn, "b7"))!.Status);

        var wrong = await tasks.PostAsync("/api/v1/tasks/batch/approve", """{"idc":"b7","expected":3}""");
        Assert.Equal("count_changed", (await TasksFixture.JsonAsync(wrong)).GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, (await tasks.PostAsync("/api/v1/tasks/batch/approve", """{"idc":"b7"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await tasks.PostAsync("/api/v1/tasks/batch/cancel", """{"dry_run":true}""")).StatusCode);

        var done = await TasksFixture.JsonAsync(await tasks.PostAsync("/api/v1/tasks/batch/approve", """{"idc":"b7","expected":2,"reason":"整批通过"}"""));
        Assert.Equal(["approved", "approved"], Outcomes(done));
        Assert.Equal("整批通过", (await tasks.StoredTaskAsync(rows[2].Sn, "b7"))!.Approval!.Notes);
        Assert.Equal(TaskState.Rejected, (await tasks.StoredTaskAsync(rows[0].Sn, "b7"))!.Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"tasks\":5}")]
    [InlineData("{\"tasks\":[{}],\"dry_rum\":true}")]
    [InlineData("[{")]
    public async Task What_is_no_batch_is_refused(string body) => await RefusedAsync(Encoding.UTF8.GetBytes(body));

    private static string Row((string Sn, string Mac) machine, string idc) => Samples.Task(machine.Sn, machine.Mac, idc);

    private static IEnumerable<string?> Outcomes(JsonElement result) => [.. result.GetProperty("results").EnumerateArray().Select(row => row.GetProperty("outcome").GetString())];

    private Task<JsonElement> BatchAsync(string body, string query = "") => BatchAsync(Encoding.UTF8.GetBytes(body), query);

    private async Task<JsonElement> BatchAsync(byte[] body, string query = "")
    {
        var answer = await tasks.Http.PostAsync("/api/v1/tasks/batch" + query, new ByteArrayContent(body), TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await TasksFixture.JsonAsync(answer);
    }

    private async Task<string> RefusedAsync(byte[] body)
    {
        var answer = await tasks.Http.PostAsync("/api/v1/tasks/batch", new ByteArrayContent(body), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        return (await TasksFixture.JsonAsync(answer)).GetProperty("detail").GetString()!;
    }

    private async Task<HttpResponseMessage> SendAsync(string body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/tasks/batch") { Content = new StringContent(body) };
        request.Headers.Add("Idempotency-Key", key);
        return await tasks.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
