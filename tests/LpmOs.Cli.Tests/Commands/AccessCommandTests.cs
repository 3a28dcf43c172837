using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Store;
using LpmOs.Tasks.Tests;
using LpmOs.Testing;
using Microsoft.AspNetCore.Identity;

namespace LpmOs.Cli.Tests.Commands;

/// <summary>Login, users and tokens against a service where people log in.</summary>
public sealed class AccessCommandTests
{
    [Theory]
    [InlineData(null, "No key file (Store:KeyFile): the keys lie in the store in clear.")]
    [InlineData("--Store:KeyFile={0}", "Sealed by the key file outside of the store: ")]
    [InlineData("--Store:KeyCommand=cat {0}", "Sealed by a key outside of the store (Store:KeyCommand).")]
    public async Task Where_the_key_of_the_keys_lies_is_said(string? setting, string said)
    {
        await using var store = TemporaryStore.Embedded();
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("key"), Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)), TestContext.Current.CancellationToken);
        File.SetUnixFileMode(folder.File("key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using var service = await RunningTasksService.StartAsync(store.Store, null, setting is null ? [] : [setting.Replace("{0}", folder.File("key"), StringComparison.Ordinal)]);

        var run = await CliFixture.StartAsync(service.Address.AbsoluteUri, new Dictionary<string, string>(), "", "keys", "list");

        Assert.True(run.Code == 0, run.Errors);
        var line = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.StartsWith(said, line, StringComparison.Ordinal);
        // Whatever it names is there: 16 hexadecimal digits or more.
        Assert.Matches(said.EndsWith(' ') ? "store: [0-9a-f:]{16,}\\.$" : "\\.$", line);
    }

    [Fact]
    public async Task From_the_first_login_to_a_revoked_token()
    {
        await using var store = TemporaryStore.Embedded();
        var first = new UserAccount
        {
            Name = "admin", PasswordHash = new PasswordHasher<UserAccount>().HashPassword(null!, "given-by-the-console"), MustChangePassword = true,
            Roles = [new RoleGrant { Role = Role.Administrator }], CreatedAt = DateTimeOffset.UnixEpoch, CreatedBy = "lpmos",
        };
        await store.Store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(Keys.User("admin"), JsonSerializer.SerializeToUtf8Bytes(first, CoreJson.Default.UserAccount))] }, TestContext.Current.CancellationToken);
        await using var service = await RunningTasksService.StartAsync(store.Store, null, "--Auth:Mode=users", "--Auth:LoginsPerMinute=1000");
        using var home = new TemporaryFolder();
        var config = home.File("config.yaml");
        await File.WriteAllTextAsync(config, "idc: dc1\n", TestContext.Current.CancellationToken);
        Task<CliRun> RunAsync(string input, params string[] args) => CliFixture.StartAsync(service.Address.AbsoluteUri, new Dictionary<string, string> { ["LPMOS_CONFIG"] = config }, input, args);

        Assert.Equal(6, (await RunAsync("", "tasks", "list")).Code);
        var login = await RunAsync("given-by-the-console\ncorrect-horse-battery\ncorrect-horse-battery\n", "login", "--user", "admin");
        Assert.True(login.Code == 0, login.Errors);
        var kept = await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken);
        Assert.Contains("lpmos_", kept, StringComparison.Ordinal);
        Assert.Contains("dc1", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("correct-horse-battery", kept + login.Output + login.Errors, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(config));
        Assert.Equal("token", (await RunAsync("", "whoami", "-o", "json")).Json().GetProperty("kind").GetString());
        Assert.Equal(0, (await RunAsync("", "tasks", "list")).Code);

        var made = await RunAsync("", "users", "create", "王芳", "--role", "operator@dc1", "--role", "approver", "-o", "json");
        Assert.True(made.Code == 0, made.Errors);
        Assert.Equal(20 + 4, made.Json().GetProperty("password").GetString()!.Length);
        Assert.Contains("operator@dc1, approver", (await RunAsync("", "users", "list")).Output, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("", "users", "create", "x", "--role", "king")).Code);
        Assert.Equal(0, (await RunAsync("", "users", "create", "bot", "--service", "--role", "viewer")).Code);
        var token = (await RunAsync("", "tokens", "create", "bot", "-d", "metrics", "--days", "7")).Output.Trim();
        var asBot = await CliFixture.StartAsync(service.Address.AbsoluteUri, new Dictionary<string, string> { ["LPMOS_TOKEN"] = token, ["LPMOS_CONFIG"] = home.File("none.yaml") }, "", "users", "list");
        Assert.Equal(6, asBot.Code);
        Assert.Contains("manage_access", asBot.Errors, StringComparison.Ordinal);
        var listed = (await RunAsync("", "tokens", "list", "--all", "-o", "json")).Json().GetProperty("items").EnumerateArray().Single(one => one.GetProperty("user").GetString() == "bot").GetProperty("id").GetString()!;
        Assert.Equal(0, (await RunAsync("", "tokens", "revoke", listed, "--all")).Code);
        Assert.Equal(0, (await RunAsync("", "sessions", "list", "--all")).Code);

        Assert.Equal(0, (await RunAsync("", "logout")).Code);
        Assert.DoesNotContain("lpmos_", await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(6, (await RunAsync("", "tasks", "list")).Code);
        Assert.Equal(6, (await RunAsync("wrong-wrong-wrong\n", "login", "--user", "admin")).Code);
    }
}
