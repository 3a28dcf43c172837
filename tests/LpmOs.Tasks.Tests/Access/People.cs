using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Security;
using LpmOs.Core.Store;
using LpmOs.Tasks.Access;

namespace LpmOs.Tasks.Tests.Access;

/// <summary>Users and tokens as they lie in the store, and requests in their names.</summary>
internal static class People
{
    public const string Password = "correct-horse-battery";
    // Hashing is slow on purpose; once is enough.
    private static readonly string Hash = new Passwords().Hash(Password);

    public static RoleGrant Grant(Role role, string? idc = null) => new() { Role = role, Idc = idc };

    public static StoreWrite User(string name, params RoleGrant[] roles) => User(new UserAccount { Name = name, PasswordHash = Hash, Roles = roles, CreatedAt = DateTimeOffset.UnixEpoch, CreatedBy = "test" });

    public static StoreWrite User(UserAccount user) => StoreWrite.Put(Keys.User(user.Name), JsonSerializer.SerializeToUtf8Bytes(user with { PasswordHash = user.PasswordHash ?? Hash }, CoreJson.Default.UserAccount));

    /// <param name="secret">What the program sends.</param>
    public static StoreWrite Token(string secret, string user, RoleGrant[]? roles = null, DateTimeOffset? expires = null)
    {
        var digest = BearerSecret.Digest(secret);
        var token = new ApiToken { Id = BearerSecret.Id(digest), Digest = digest, User = user, Description = "test", Roles = roles, CreatedAt = DateTimeOffset.UnixEpoch, CreatedBy = "test", ExpiresAt = expires };
        return StoreWrite.Put(Keys.ApiToken(token.Id), JsonSerializer.SerializeToUtf8Bytes(token, CoreJson.Default.ApiToken));
    }

    public static async Task PutAsync(IStateStore store, params StoreWrite[] writes) => Assert.True((await store.CommitAsync(new StoreTransaction { Writes = writes }, TestContext.Current.CancellationToken)).Applied);

    public static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(this RunningTasksService service, HttpMethod method, string path, string? body = null, string? token = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await service.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, answer.StatusCode == HttpStatusCode.NoContent ? default : await TasksFixture.JsonAsync(answer));
    }

    public static string? Code(this (HttpStatusCode Status, JsonElement Body) answer) => answer.Body.GetProperty("code").GetString();
}
