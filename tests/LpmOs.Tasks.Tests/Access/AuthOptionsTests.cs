using LpmOs.Core.Hosting;
using LpmOs.Tasks.Access;
using Microsoft.Extensions.Configuration;

namespace LpmOs.Tasks.Tests.Access;

public sealed class AuthOptionsTests
{
    [Theory]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://127.0.0.1:8080;http://10.0.0.5:8080")]
    [InlineData("http://*:8080")]
    [InlineData("http://[::]:8080")]
    [InlineData("http://lpmos.example:8080")]
    public void An_address_that_others_reach_needs_logins(string urls)
    {
        var fault = Assert.Throws<SettingException>(() => Read(urls));
        Assert.Contains("LPMOS_Auth__Mode=users", fault.Message, StringComparison.Ordinal);
        Assert.True(Read(urls, ("Auth:Mode", "users")).LoginNeeded);
        Assert.Throws<SettingException>(() => Read(urls, ("Auth:Mode", "off")));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://localhost:8080;http://[::1]:8080")]
    public void On_loopback_nobody_has_to_log_in(string urls) => Assert.False(Read(urls).LoginNeeded);

    [Theory]
    [InlineData("Auth:Mode", "none")]
    [InlineData("Auth:SessionLifetime", "0")]
    [InlineData("Auth:WrongPasswords", "0")]
    [InlineData("Auth:LoginsPerMinute", "many")]
    public void What_is_not_allowed_is_named(string key, string value) => Assert.Contains(key, Assert.Throws<SettingException>(() => Read("http://127.0.0.1:1", (key, value))).Message, StringComparison.Ordinal);

    private static AuthOptions Read(string urls, params (string Key, string Value)[] settings) =>
        AuthOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build(), urls);
}
