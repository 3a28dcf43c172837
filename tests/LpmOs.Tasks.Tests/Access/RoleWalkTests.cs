using System.Net;
using System.Net.Http.Headers;
using System.Text;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Access;

/// <summary>Calls every operation of <c>docs/roles.md</c> as everybody, and compares who is let in with what the table says.</summary>
public sealed class RoleWalkTests
{
    private sealed record Operation(string Id, HttpMethod Method, string Path, string Permission, string Who);

    private static readonly string[] AlsoBehindALogin = ["/metrics", "/ws"];

    [Fact]
    public async Task Every_operation_lets_in_whom_the_table_names_and_nobody_else()
    {
        await using var store = TemporaryStore.Embedded();
        await using var service = await StartAsync(store.Store);
        var operations = Operations();
        Assert.True(operations.Count > 50, $"docs/roles.md has {operations.Count} operations of the tasks service.");
        var wrong = new List<string>();
        foreach (var operation in operations)
        {
            Assert.Equal(operation.Who == "anyone", await IsLetInAsync(service, operation, null));
            foreach (var role in Enum.GetValues<Role>())
            {
                var expected = operation.Who is "anyone" or "signed in" || operation.Who.Split(", ").Contains(Name(role));
                if (await IsLetInAsync(service, operation, $"{Name(role)}-everywhere") != expected)
                    wrong.Add($"{operation.Id} as {Name(role)} should be {(expected ? "allowed" : "refused")}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public async Task A_role_in_one_IDC_is_none_in_another_and_none_for_what_belongs_to_all()
    {
        await using var store = TemporaryStore.Embedded();
        await using var service = await StartAsync(store.Store);
        var wrong = new List<string>();
        // An administrator of another IDC has every permission there, and so must be refused by the place alone.
        foreach (var operation in Operations().Where(operation => operation.Who is not ("anyone" or "signed in")))
        {
            var ofPlace = operation.Path.Contains("{idc}", StringComparison.Ordinal) || operation.Permission.EndsWith(" everywhere", StringComparison.Ordinal);
            if (ofPlace && await IsLetInAsync(service, operation, "administrator-dc2"))
                wrong.Add($"{operation.Id} of dc1 as administrator of dc2");
            if (operation.Path.Contains("{idc}", StringComparison.Ordinal) && !await IsLetInAsync(service, operation, "administrator-dc1"))
                wrong.Add($"{operation.Id} of dc1 as administrator of dc1 is refused");
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public async Task Lists_and_bodies_know_the_IDC_too()
    {
        await using var store = TemporaryStore.Embedded();
        await using var service = await StartAsync(store.Store);
        var (one, two) = (Samples.Machine(), Samples.Machine());
        await service.SendAsync(HttpMethod.Post, "/api/v1/tasks", Samples.Task(one.Sn, one.Mac, "dc1"), "administrator-everywhere");
        await service.SendAsync(HttpMethod.Post, "/api/v1/tasks", Samples.Task(two.Sn, two.Mac, "dc2"), "administrator-everywhere");
        foreach (var list in new[] { "tasks", "machines", "idcs" })
        {
            var seen = (await service.SendAsync(HttpMethod.Get, $"/api/v1/{list}", null, "administrator-dc2")).Body.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("idc").GetString());
            Assert.Equal(["dc2"], seen.Distinct());
        }
        Assert.Equal("not_allowed", (await service.SendAsync(HttpMethod.Get, "/api/v1/tasks?idc=dc1", null, "administrator-dc2")).Code());
        Assert.Equal(1, (await service.SendAsync(HttpMethod.Get, "/api/v1/stats", null, "administrator-dc2")).Body.GetProperty("total_tasks").GetInt32());
        var audit = (await service.SendAsync(HttpMethod.Get, "/api/v1/audit", null, "administrator-dc2")).Body.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("idc").GetString()).Distinct();
        Assert.Equal(["dc2"], audit);
        var third = Samples.Machine();
        Assert.Equal("not_allowed", (await service.SendAsync(HttpMethod.Post, "/api/v1/tasks", Samples.Task(third.Sn, third.Mac, "dc1"), "administrator-dc2")).Code());
        var batch = await service.SendAsync(HttpMethod.Post, "/api/v1/tasks/batch", $$"""{"tasks":[{{Samples.Task(third.Sn, third.Mac, "dc1")}}]}""", "administrator-dc2");
        Assert.Equal("not_allowed", batch.Body.GetProperty("results")[0].GetProperty("code").GetString());
        var decided = await service.SendAsync(HttpMethod.Post, "/api/v1/tasks/batch/approve", """{"q":"SN-","dry_run":true}""", "administrator-dc2");
        Assert.Equal(1, decided.Body.GetProperty("total").GetInt32());
        Assert.Equal("not_allowed", (await service.SendAsync(HttpMethod.Put, "/api/v1/templates/ipxe/entry.ipxe", """{"text":"#!ipxe\n"}""", "administrator-dc2")).Code());
    }

    [Fact]
    public async Task Events_are_those_of_the_own_IDCs_and_end_with_the_right_to_them()
    {
        await using var store = TemporaryStore.Embedded();
        await using var service = await StartAsync(store.Store);
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer administrator-dc2");
        await socket.ConnectAsync(new UriBuilder(service.Address) { Scheme = "ws", Path = "/ws" }.Uri, TestContext.Current.CancellationToken);
        var (one, two) = (Samples.Machine(), Samples.Machine());
        await service.SendAsync(HttpMethod.Post, "/api/v1/tasks", Samples.Task(one.Sn, one.Mac, "dc1"), "administrator-everywhere");
        await service.SendAsync(HttpMethod.Post, "/api/v1/tasks", Samples.Task(two.Sn, two.Mac, "dc2"), "administrator-everywhere");
        var buffer = new byte[64 * 1024];
        var first = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        Assert.Contains("\"idc\":\"dc2\"", Encoding.UTF8.GetString(buffer, 0, first.Count), StringComparison.Ordinal);

        await service.SendAsync(HttpMethod.Put, "/api/v1/users/administrator-dc2", """{"disabled":true}""", "administrator-everywhere");
        await service.SendAsync(HttpMethod.Post, $"/api/v1/tasks/dc2/{two.Sn}/cancel", null, "administrator-everywhere");
        // What was on its way may still come, and then the end.
        System.Net.WebSockets.WebSocketReceiveResult next;
        do
        {
            next = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
            // Counts of states name it too.
            Assert.DoesNotContain("\"status\":\"cancelled\"", Encoding.UTF8.GetString(buffer, 0, next.Count), StringComparison.Ordinal);
        } while (next.MessageType != System.Net.WebSockets.WebSocketMessageType.Close);
    }

    [Fact]
    public async Task What_no_document_describes_is_closed_too()
    {
        await using var store = TemporaryStore.Embedded();
        await using var service = await StartAsync(store.Store);
        foreach (var path in AlsoBehindALogin)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await service.Http.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode);
            Assert.NotEqual(HttpStatusCode.Unauthorized, (await service.SendRawAsync(HttpMethod.Get, path, "viewer-everywhere")).StatusCode);
        }
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/healthz", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/readyz", TestContext.Current.CancellationToken)).StatusCode);
    }

    /// <summary>A service with one user of each role in all IDCs and administrators of single ones; tokens are called as the users.</summary>
    private static async Task<RunningTasksService> StartAsync(IStateStore store)
    {
        var users = Enum.GetValues<Role>().Select(role => (Name: $"{Name(role)}-everywhere", Grant: People.Grant(role)))
            .Append((Name: "administrator-dc1", Grant: People.Grant(Role.Administrator, "dc1"))).Append((Name: "administrator-dc2", Grant: People.Grant(Role.Administrator, "dc2"))).ToList();
        await People.PutAsync(store, [.. users.SelectMany(user => new[] { People.User(user.Name, user.Grant), People.Token(user.Name, user.Name) })]);
        return await RunningTasksService.StartAsync(store, null, "--Auth:Mode=users", "--Auth:LoginsPerMinute=10000");
    }

    private static async Task<bool> IsLetInAsync(RunningTasksService service, Operation operation, string? token)
    {
        // Nothing there is called so: what is let in finds nothing, or an empty body that it refuses.
        var path = operation.Path.Replace("{idc}", "dc1", StringComparison.Ordinal).Replace("{mac}", "52:54:00:00:00:01", StringComparison.Ordinal).Replace("{**tag}", "none", StringComparison.Ordinal);
        path = string.Join('/', path.Split('/').Select(part => part.StartsWith('{') ? "none" : part));
        using var answer = await service.SendRawAsync(operation.Method, path, token);
        var code = answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? (await TasksFixture.JsonAsync(answer)).GetProperty("code").GetString() : null;
        return code is not ("login_required" or "not_allowed" or "no_permission_declared");
    }

    private static List<Operation> Operations()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "roles.md"));
        var table = lines.SkipWhile(line => line != "## tasks service").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));
        return [.. table.Where(line => line.StartsWith("| ", StringComparison.Ordinal) && line.Contains('`', StringComparison.Ordinal)).Select(line => line.Split(" | ")).Select(cells =>
        {
            var call = cells[1].Trim('`').Split(' ');
            return new Operation(cells[0][2..], new HttpMethod(call[0]), call[1], cells[2], cells[3].TrimEnd(' ', '|'));
        })];
    }

    private static string Name(Role role) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(role.ToString());
}

internal static class RawRequests
{
    public static Task<HttpResponseMessage> SendRawAsync(this RunningTasksService service, HttpMethod method, string path, string? token)
    {
        var request = new HttpRequestMessage(method, path);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return service.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }
}
