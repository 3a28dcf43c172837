using LpmOs.Agent.Settings;

namespace LpmOs.Agent.Tests.Settings;

public sealed class StartUpTests
{
    [Fact]
    public void DefaultsAreThoseOfTheContract()
    {
        var settings = Read("");

        Assert.Equal("http://localhost:8081/", settings.RegionalUrl.AbsoluteUri);
        Assert.Equal((TimeSpan.FromSeconds(10), 60, false, false), (settings.PollInterval, settings.MaxPolls, settings.DryRun, settings.MayWriteDisks));
        Assert.Equal("http://localhost:8082/", settings.BootBase.AbsoluteUri);
    }

    [Fact]
    public void TheBootImageIsToldByTheKernelCommandLine()
    {
        var settings = Read("BOOT_IMAGE=/vmlinuz console=ttyS0 lpmos.regional=http://10.0.0.1:8081 lpmos.boot=http://10.0.0.1:8082 lpmos.token=abc.def lpmos.idc=dc1 BOOTIF=01-52-54-00-AA-00-01 quiet");

        Assert.True(settings.MayWriteDisks);
        Assert.Equal(("http://10.0.0.1:8081/", "http://10.0.0.1:8082/", "abc.def", "dc1", "52:54:00:aa:00:01", 0), (settings.RegionalUrl.AbsoluteUri, settings.BootUrl!.AbsoluteUri, settings.Token, settings.Idc, settings.BootMac, settings.MaxPolls));
    }

    [Fact]
    public void FlagsWinOverTheEnvironmentWhichWinsOverTheKernel()
    {
        Assert.Equal("http://env:1/", Read("lpmos.regional=http://kernel:1", "http://env:1").RegionalUrl.AbsoluteUri);
        Assert.Equal("http://flag:1/", Read("lpmos.regional=http://kernel:1", "http://env:1", "--regional-url=http://flag:1/").RegionalUrl.AbsoluteUri);
        var settings = Read("", null, "--poll-interval", "500ms", "--max-polls", "0", "--dry-run");
        Assert.Equal((TimeSpan.FromMilliseconds(500), 0, true), (settings.PollInterval, settings.MaxPolls, settings.DryRun));
    }

    [Fact]
    public void TheAuthoritiesAreNamedByTheKernelTheEnvironmentOrAFlag()
    {
        var digest = new string('A', 64);
        Assert.Equal(digest.ToLowerInvariant(), Read($"lpmos.regional=https://10.0.0.1 lpmos.ca={digest}").CaSha256);
        foreach (var wrong in (string[])["", "abc", new string('g', 64)])
            Assert.Contains("lpmos.ca", Assert.Throws<SettingsException>(() => Read("lpmos.ca=" + wrong)).Message, StringComparison.Ordinal);
        Assert.Equal("/flag.pem", StartUp.Read(["--ca", "/flag.pem"], name => name == "LPMOS_CA" ? "/env.pem" : null, "").CaFile);
        Assert.Equal("/env.pem", StartUp.Read([], name => name == "LPMOS_CA" ? "/env.pem" : null, "").CaFile);
    }

    [Theory]
    [InlineData("--regional-url", "ftp://x")]
    [InlineData("--regional-url", "localhost:8081")]
    [InlineData("--boot-url", "http://user:secret@x/")]
    [InlineData("--poll-interval", "-1s")]
    [InlineData("--poll-interval", "1e9")]
    [InlineData("--poll-interval", "NaN")]
    [InlineData("--max-polls", "-1")]
    [InlineData("--max-polls", "99999999999")]
    public void ABadValueIsNamedWithWhatIsAllowed(string flag, string value)
    {
        var error = Assert.Throws<SettingsException>(() => Read("", null, flag, value));

        Assert.Contains(flag, error.Message, StringComparison.Ordinal);
        Assert.Contains(value, error.Message, StringComparison.Ordinal);
        Assert.Contains("Allowed:", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--wipe-everything")]
    [InlineData("--max-polls")]
    [InlineData("http://x")]
    public void AnUnknownOrIncompleteFlagIsNamed(string flag) =>
        Assert.Contains(flag, Assert.Throws<SettingsException>(() => Read("", null, flag)).Message, StringComparison.Ordinal);

    private static AgentSettings Read(string kernel, string? url = null, params string[] flags) => StartUp.Read(flags, name => name == "REGIONAL_CLIENT_URL" ? url : null, kernel);
}
