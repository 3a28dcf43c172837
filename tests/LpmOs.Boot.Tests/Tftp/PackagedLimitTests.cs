using System.Globalization;
using System.Text.RegularExpressions;
using LpmOs.Boot.Tftp;

namespace LpmOs.Boot.Tests.Tftp;

public sealed partial class PackagedLimitTests
{
    /// <summary>Each transfer has a thread, and so have HTTP, DHCP and the run time.</summary>
    [Fact]
    public void The_packaged_unit_lets_every_transfer_have_its_thread()
    {
        var unit = File.ReadAllText(Path.Combine(Repository.Root, "packaging", "systemd", "lpmos-boot.service"));
        Assert.InRange(int.Parse(TasksMax().Match(unit).Groups[1].Value, CultureInfo.InvariantCulture), TftpServer.MostTransfers + 128, int.MaxValue);
    }

    [GeneratedRegex("^TasksMax=([0-9]+)$", RegexOptions.Multiline)]
    private static partial Regex TasksMax();
}
