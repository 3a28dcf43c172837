using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Requests;
using LpmOs.Testing;
using Microsoft.Extensions.Configuration;

namespace LpmOs.Tasks.Tests.Approvals;

/// <summary>Two persons, told apart by their tokens.</summary>
public sealed class FourEyesTests
{
    [Fact]
    public async Task Where_four_eyes_are_asked_for_only_another_known_person_approves()
    {
        await using var store = TemporaryStore.Embedded();
        await using var service = await RunningTasksService.StartAsync(store.Store, null, $"--Tasks:Operators:alice={Digest("a-token")}", $"--Tasks:Operators:王芳={Digest("b-token")}");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(service, HttpMethod.Put, "/api/v1/idcs/dc1/settings", """{"four_eyes":true}""", "a-token")).Status);
        var (sn, mac) = Samples.Machine();
        var created = await SendAsync(service, HttpMethod.Post, "/api/v1/tasks", Samples.Task(sn, mac), "a-token");
        Assert.Equal("alice", created.Body.GetProperty("created_by").GetString());
        var path = $"/api/v1/tasks/dc1/{sn}/approve";
        var own = await SendAsync(service, HttpMethod.Post, path, null, "a-token");
        Assert.Equal((HttpStatusCode.Conflict, "four_eyes"), (own.Status, own.Body.GetProperty("code").GetString()));
        var unknown = await SendAsync(service, HttpMethod.Post, path, null, null);
        Assert.Equal("four_eyes", unknown.Body.GetProperty("code").GetString());
        Assert.Contains("Tasks:Operators", unknown.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        var wrong = await SendAsync(service, HttpMethod.Post, path, null, "c-token");
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_token"), (wrong.Status, wrong.Body.GetProperty("code").GetString()));
        var second = await SendAsync(service, HttpMethod.Post, path, null, "b-token");
        Assert.Equal((HttpStatusCode.OK, "王芳"), (second.Status, second.Body.GetProperty("approval").GetProperty("by").GetString()));

        // Made by nobody in particular: it might have been the very person who approves.
        var (other, otherMac) = Samples.Machine();
        await SendAsync(service, HttpMethod.Post, "/api/v1/tasks", Samples.Task(other, otherMac), null);
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(service, HttpMethod.Post, $"/api/v1/tasks/dc1/{other}/approve", null, "b-token")).Status);
    }

    [Theory]
    [InlineData("alice", "no digest")]
    [InlineData("operator", "0000000000000000000000000000000000000000000000000000000000000000")]
    public void A_setting_that_names_nobody_stops_the_start(string name, string digest)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new($"Tasks:Operators:{name}", digest)]).Build();
        Assert.Throws<SettingException>(() => OperatorTokens.Read(configuration));
    }

    private static string Digest(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(RunningTasksService service, HttpMethod method, string path, string? body, string? token)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body) };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await service.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await TasksFixture.JsonAsync(answer));
    }
}
