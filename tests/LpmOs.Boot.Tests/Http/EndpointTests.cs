using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Security;
using LpmOs.Core.Store;

namespace LpmOs.Boot.Tests.Http;

public sealed class EndpointTests(HttpFixture boot) : IClassFixture<HttpFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<HttpResponseMessage> Send(HttpMethod method, string path, RangeHeaderValue? range = null)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Range = range;
        return await boot.Client.SendAsync(request, Cancellation);
    }

    [Theory]
    [InlineData("/boot.ipxe")]
    [InlineData("/autoexec.ipxe")]
    public async Task The_entry_script_has_its_length_for_get_and_head(string path)
    {
        var get = await Send(HttpMethod.Get, path);
        var text = await get.Content.ReadAsStringAsync(Cancellation);
        Assert.StartsWith("#!ipxe\n", text);
        Assert.Contains("set lpmos-ask http://boot.test:8082/ipxe?mac=", text);
        var head = await Send(HttpMethod.Head, path);
        Assert.Equal(text.Length, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory]
    [InlineData("/ipxe?mac=52-54-00-77-00-01&serial=SN%2D1&uuid=564d&platform=efi&arch=x86_64&manufacturer=A%20B&product=")]
    [InlineData("/ipxe?serial=SN-1")]
    [InlineData("/ipxe/52:54:00:77:00:01")]
    public async Task A_machine_gets_its_script_and_the_store_stays_as_it_is(string path)
    {
        var before = await StateAsync();
        var answer = await Send(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("kernel http://boot.test:8082/files/boot/vmlinuz ", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task Installers_files_are_for_the_boot_that_speaks_for_the_machine()
    {
        var task = new InstallTask { TaskId = "task-0000beef", Idc = "dc1", Sn = "SN-BEEF", Mac = "52:54:00:77:be:ef", OsType = "debian", OsVersion = "12", Status = TaskState.Approved, Attempt = 1, CreatedAt = DateTimeOffset.UnixEpoch };
        await PutAsync(Keys.Task("dc1", task.Sn), JsonSerializer.SerializeToUtf8Bytes(task, ContractsJson.Default.InstallTask));
        var (first, second) = (Token(task, 1_000), Token(task, 2_000));
        // The plan has no such file, which only the holder is told.
        Assert.Equal("file_not_found", await CodeAsync($"/install/{first}/preseed.cfg"));
        Assert.Equal("file_not_found", await CodeAsync($"/install/{second}/preseed.cfg"));
        Assert.Equal("token_replaced", await CodeAsync($"/install/{first}/preseed.cfg"));
        Assert.Equal("invalid_token", await CodeAsync($"/install/{Token(task, 3_000, TimeSpan.FromSeconds(-1))}/preseed.cfg"));
        await PutAsync(Keys.Task("dc1", task.Sn), JsonSerializer.SerializeToUtf8Bytes(task with { Status = TaskState.Pending }, ContractsJson.Default.InstallTask));
        Assert.Equal("not_to_be_installed", await CodeAsync($"/install/{second}/preseed.cfg"));
    }

    [Fact]
    public async Task Installers_files_are_for_the_machine_that_was_approved_and_not_for_who_has_the_tasks_name()
    {
        var task = new InstallTask
        {
            TaskId = "task-0000feed", Idc = "dc1", Sn = "asset-feed", Mac = "52:54:00:77:fe:ed", OsType = "debian", OsVersion = "12", Status = TaskState.Approved, Attempt = 1, CreatedAt = DateTimeOffset.UnixEpoch,
            MachineSn = "SN-FEED", Approval = new Approval { By = "a", At = DateTimeOffset.UnixEpoch, PlanHash = "aa" },
        };
        await PutAsync(Keys.Task("dc1", task.Sn), JsonSerializer.SerializeToUtf8Bytes(task, ContractsJson.Default.InstallTask));
        Assert.Equal("token_of_another_machine", await CodeAsync($"/install/{Token(task, 2_000)}/preseed.cfg"));
        Assert.Equal("file_not_found", await CodeAsync($"/install/{Token(task with { Sn = "SN-FEED" }, 1_000)}/preseed.cfg"));
    }

    private string Token(InstallTask task, long booted, TimeSpan? life = null) => MachineTokens.Issue(new TokenClaims
    {
        Purpose = MachineTokens.AgentPurpose, Idc = "dc1", Sn = task.Sn, Mac = task.Mac, TaskId = task.TaskId, Attempt = task.Attempt, Boot = booted, Expires = (TimeProvider.System.GetUtcNow() + (life ?? TimeSpan.FromHours(1))).ToUnixTimeSeconds(),
    }, boot.State.Current.MachineTokenKey.Span);

    private async Task PutAsync(string key, byte[] value)
    {
        var result = await boot.Store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(key, value)] }, Cancellation);
        await boot.State.CatchUpAsync(key, result.Revision, Cancellation);
    }

    private async Task<string?> CodeAsync(string path)
    {
        var answer = await Send(HttpMethod.Get, path);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        return problem.RootElement.GetProperty("code").GetString();
    }

    /// <summary>Everything in the store but the record of boots and the services' own heartbeats.</summary>
    private async Task<string[]> StateAsync() =>
        [.. (await boot.Store.ListAsync("/os/", null, 1000, 0, Cancellation)).Entries.Where(e => !e.Key.Contains("boots/", StringComparison.Ordinal) && !e.Key.Contains("services/", StringComparison.Ordinal)).Select(e => $"{e.Key} {e.ModRevision}")];

    [Theory]
    [InlineData("/ipxe")]
    [InlineData("/ipxe?mac=52-54-00-77-00")]
    [InlineData("/ipxe?mac=%00")]
    [InlineData("/ipxe?serial=..%2F..%2Fetc")]
    [InlineData("/ipxe/not-a-mac")]
    public async Task A_machine_that_cannot_be_known_is_told_why(string path)
    {
        var answer = await Send(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("invalid_request", problem.RootElement.GetProperty("code").GetString());
        Assert.Contains("mac", problem.RootElement.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_file_comes_whole_in_part_and_not_again_when_it_is_the_same()
    {
        var whole = await Send(HttpMethod.Get, "/files/boot/initramfs");
        Assert.Equal(boot.Content, await whole.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal(boot.Content.Length, whole.Content.Headers.ContentLength);

        var part = await Send(HttpMethod.Get, "/files/boot/initramfs", new RangeHeaderValue(500_000, null));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal("bytes 500000-1000002/1000003", part.Content.Headers.ContentRange!.ToString());
        Assert.Equal(boot.Content[500_000..], await part.Content.ReadAsByteArrayAsync(Cancellation));

        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, (await Send(HttpMethod.Get, "/files/boot/initramfs", new RangeHeaderValue(2_000_000, null))).StatusCode);

        var again = new HttpRequestMessage(HttpMethod.Get, "/files/boot/initramfs");
        again.Headers.IfNoneMatch.Add(whole.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await boot.Client.SendAsync(again, Cancellation)).StatusCode);

        var head = await Send(HttpMethod.Head, "/files/boot/initramfs");
        Assert.Equal((boot.Content.Length, "bytes"), (head.Content.Headers.ContentLength, head.Headers.AcceptRanges.Single()));
    }

    [Fact]
    public async Task A_boot_program_is_typed_as_such() => Assert.Equal("application/efi", (await Send(HttpMethod.Get, "/files/boot/x.efi")).Content.Headers.ContentType!.MediaType);

    [Theory]
    [InlineData("/files/")]
    [InlineData("/files/boot")]
    [InlineData("/files/nothing")]
    [InlineData("/files/%2e%2e/secret")]
    [InlineData("/files/..%2fsecret")]
    [InlineData("/files/boot/..%5c..%5csecret")]
    [InlineData("/files/boot.ipxe")]
    public async Task Anything_else_is_not_found(string path) => Assert.Equal(HttpStatusCode.NotFound, (await Send(HttpMethod.Get, path)).StatusCode);

    [Fact]
    public async Task Writing_is_not_allowed() => Assert.Equal(HttpStatusCode.MethodNotAllowed, (await Send(HttpMethod.Put, "/files/boot/initramfs")).StatusCode);

    [Fact]
    public async Task Health_and_document_are_there()
    {
        Assert.Equal("Healthy", await boot.Client.GetStringAsync("/healthz", Cancellation));
        Assert.Contains("\"/boot.ipxe\"", await boot.Client.GetStringAsync("/openapi/v1.json", Cancellation));
    }
}
