using System.Net;
using LpmOs.Core.Domain.Access;
using LpmOs.Tasks.Tests.Access;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Approvals;

/// <summary>Two persons, told apart by their tokens.</summary>
public sealed class FourEyesTests
{
    [Fact]
    public async Task Where_four_eyes_are_asked_for_only_another_known_person_approves()
    {
        await using var store = TemporaryStore.Embedded();
        await People.PutAsync(store.Store, People.User("alice", People.Grant(Role.Administrator)), People.Token("a-token", "alice"), People.User("王芳", People.Grant(Role.Approver)), People.Token("b-token", "王芳"));
        // On loopback: who shows no token is let in too, and is nobody.
        await using var service = await RunningTasksService.StartAsync(store.Store);
        Assert.Equal(HttpStatusCode.OK, (await service.SendAsync(HttpMethod.Put, "/api/v1/idcs/dc1/settings", """{"four_eyes":true}""", "a-token")).Status);
        var (sn, mac) = Samples.Machine();
        var created = await service.SendAsync(HttpMethod.Post, "/api/v1/tasks", Samples.Task(sn, mac), "a-token");
        Assert.Equal("alice", created.Body.GetProperty("created_by").GetString());
        var path = $"/api/v1/tasks/dc1/{sn}/approve";
        var own = await service.SendAsync(HttpMethod.Post, path, null, "a-token");
        Assert.Equal((HttpStatusCode.Conflict, "four_eyes"), (own.Status, own.Body.GetProperty("code").GetString()));
        var unknown = await service.SendAsync(HttpMethod.Post, path, null, null);
        Assert.Equal("four_eyes", unknown.Body.GetProperty("code").GetString());
        Assert.Contains("lpmosctl login", unknown.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        var wrong = await service.SendAsync(HttpMethod.Post, path, null, "c-token");
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_token"), (wrong.Status, wrong.Body.GetProperty("code").GetString()));
        var second = await service.SendAsync(HttpMethod.Post, path, null, "b-token");
        Assert.Equal((HttpStatusCode.OK, "王芳"), (second.Status, second.Body.GetProperty("approval").GetProperty("by").GetString()));

        // Made by nobody in particular: it might have been the very person who approves.
        var (other, otherMac) = Samples.Machine();
        await service.SendAsync(HttpMethod.Post, "/api/v1/tasks", Samples.Task(other, otherMac), null);
        Assert.Equal(HttpStatusCode.Conflict, (await service.SendAsync(HttpMethod.Post, $"/api/v1/tasks/dc1/{other}/approve", null, "b-token")).Status);
    }
}
