using LpmOs.Core.Hosting;
using Microsoft.Extensions.Configuration;

namespace LpmOs.Boot.Tests;

public sealed class BootOptionsTests
{
    private static BootOptions Read(params (string Key, string Value)[] settings) =>
        BootOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(
            settings.Prepend(("Templates:Path", Repository.Templates)).DistinctBy(s => s.Item1).Select(s => KeyValuePair.Create<string, string?>(s.Item1, s.Item2))).Build());

    [Fact]
    public void Defaults_are_those_of_the_contract()
    {
        var options = Read();
        Assert.Equal((true, 69, "data/files", DhcpMode.Off), (options.Tftp.Enabled, options.Tftp.Port, options.FilesPath, options.Dhcp.Mode));
    }

    [Fact]
    public void Full_mode_reads_its_network()
    {
        var dhcp = Read(("Boot:Dhcp:Mode", "full"), ("Boot:Dhcp:Range", "10.0.0.100 - 10.0.0.199"), ("Boot:Dhcp:Router", "10.0.0.1"), ("Boot:Dhcp:Dns", "10.0.0.2, 10.0.0.3"), ("Boot:Dhcp:LeaseTime", "12h")).Dhcp;
        Assert.Equal((100, 2, TimeSpan.FromHours(12), "10.0.0.100-10.0.0.199"), (dhcp.Range.Count, dhcp.DnsServers.Count, dhcp.LeaseTime, dhcp.Range.ToString()));
    }

    [Theory]
    [InlineData("Boot:Dhcp:Mode", "on", "proxy")]
    [InlineData("Boot:SecureBoot", "on", "auto")]
    [InlineData("Boot:Dhcp:Interface", "eth1,eth1", "each once")]
    [InlineData("Boot:Dhcp:Interface", "eth1,,eth2", "commas")]
    [InlineData("Boot:Dhcp:Interface", "../eth1", "interfaces")]
    [InlineData("Boot:Dhcp:Router", "10.0.0", "IPv4")]
    [InlineData("Boot:Dhcp:Dns", "fd00::1", "IPv4")]
    [InlineData("Boot:Dhcp:LeaseTime", "5", "00:02:00")]
    [InlineData("Boot:Dhcp:LeaseTime", "soon", "12h")]
    [InlineData("Boot:Dhcp:Netmask", "255.0.255.0", "255.255.255.0")]
    [InlineData("Boot:Dhcp:Netmask", "24", "255.255.255.0")]
    [InlineData("Boot:Tftp:Port", "0", "65535")]
    [InlineData("Boot:Tftp:Enabled", "yes", "true")]
    [InlineData("Boot:Tftp:Address", "10.1", "address")]
    [InlineData("Boot:PublicUrl", "boot.example", "http://")]
    [InlineData("Boot:PublicUrl", "http://boot/${x}", "http://")]
    [InlineData("Boot:KernelArguments", "a ${b}", "letters")]
    [InlineData("Boot:CaFile", "/nowhere.pem", "PEM")]
    [InlineData("Boot:CaFile", "/etc/hostname", "PEM")]
    [InlineData("Boot:Urls", "nonsense", "https://address:port")]
    [InlineData("Regional:PublicUrl", "ftp://x", "http://")]
    public void A_wrong_setting_is_named_with_what_is_allowed(string key, string value, string allowed)
    {
        var message = Assert.Throws<SettingException>(() => Read((key, value))).Message;
        Assert.Contains(key, message);
        Assert.Contains($"'{value}'", message);
        Assert.Contains(allowed, message);
    }

    [Fact]
    public void A_templates_folder_without_our_scripts_is_refused_at_start() =>
        Assert.Contains("ipxe/entry.ipxe", Assert.Throws<SettingException>(() => BootOptions.Read(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("Templates:Path", "/nowhere")]).Build())).Message);

    [Theory]
    [InlineData("10.0.0.9-10.0.0.1", "above")]
    [InlineData("10.0.0.9", "hyphen")]
    [InlineData("10.0.0.1-10.9.0.1", "more than 65536")]
    [InlineData("", "hyphen")]
    public void A_wrong_range_says_why(string range, string reason) =>
        Assert.Contains(reason, Assert.Throws<SettingException>(() => Read(("Boot:Dhcp:Mode", "full"), ("Boot:Dhcp:Range", range))).Message);
}
