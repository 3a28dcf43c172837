using System.Runtime.Versioning;
using LpmOs.Boot.Tests.Lab;
using LpmOs.Contracts.Hardware;
using LpmOs.Testing;

namespace LpmOs.Boot.Tests.Scripts;

/// <summary>What ESXi's installer runs: the kickstart file's own Python, with a localcli that speaks as hosts have spoken in public.</summary>
[SupportedOSPlatform("linux")]
public sealed class EsxiScriptTests
{
    private const string Sata = "t10.ATA_____WDC_WD5002ABYS2D18B1B0________________________WD2DWCASY4897543";
    private const string Nvme = "t10.NVMe____SAMSUNG_MZVL21T0HCLR2D00B00_________________3412B011B9382500";
    private const string Twin = "t10.NVMe____SAMSUNG_MZVL21T0HCLR2D00B00_________________9912B011B9382500";
    private const string Guid = "eui.01000000010000005cd2e4a1b2c3d4e5";
    private const string Sas = "naa.5000c500a1b2c3d7";

    private static string Device(string name, int megabytes, string type = "Direct-Access ", string uids = "vml.01000000002020") =>
        $"{name}\n   Display Name: Local Disk ({name})\n   Has Settable Display Name: true\n   Size: {megabytes}\n   Device Type: {type}\n   Multipath Plugin: HPP\n   Vendor: NVMe    \n   Other UIDs: {uids}\n   Is Local: true\n";

    private static string Path(string device, string adapter) =>
        $"pcie.{adapter}-{device}\n   UID: pcie.{adapter}-{device}\n   Runtime Name: {adapter}:C0:T0:L0\n   Device: {device}\n   Device Display Name: Local Disk ({device})\n   Adapter: {adapter}\n   Channel: 0\n   State: active\n";

    private static readonly string Devices = string.Join('\n', Device(Sata, 476940), Device(Nvme, 976762), Device(Twin, 976762), Device(Guid, 976762), Device(Sas, 3815447), Device("mpx.vmhba33:C0:T0:L0", 0, "CD-ROM"), Device("mpx.vmhba32:C0:T0:L0", 30532));
    private static readonly string Paths = string.Join('\n', Path(Sata, "vmhba0"), Path(Nvme, "vmhba1"), Path(Twin, "vmhba2"), Path(Guid, "vmhba3"), Path(Sas, "vmhba4"));

    public static TheoryData<string?, string?, long, string> Planned => new()
    {
        // Serial number and world wide name as Linux says them, bytes, and what ESXi calls the disk.
        { "WD-WCASY4897543", "naa.50014ee2b1234567", 500_107_862_016, Sata }, // on AHCI its name knows nothing of the world wide name
        { "S64GNE0R123456", "eui.002538b911b01234", 1_024_209_543_168, Nvme }, // the name ends with the EUI-64 backwards
        { "PHAB00110022", "eui.01000000010000005cd2e4a1b2c3d4e5", 1_024_209_543_168, Guid },
        { "S64GNE0R999999", "eui.36344730526001230025384500000001", 1_024_209_543_168, Twin }, // Linux prefers the NGUID, ESXi the EUI-64: its controller's serial number
        { "ZC1ABCDE0000", "naa.5000c500a1b2c3d7", 4_000_787_030_016, Sas },
        { null, null, 32_015_679_488, "mpx.vmhba32:C0:T0:L0" }, // nothing but its size
        { "S64GNE0R123456", "eui.002538b911b01234", 2_000_398_934_016, "" }, // another size
        { "OTHER", null, 1_024_209_543_168, "" },
        { null, null, 1_024_209_543_168, $"{Nvme} {Twin} {Guid}" },
    };

    [Theory]
    [MemberData(nameof(Planned))]
    public async Task The_planned_disk_is_found_by_what_ESXi_calls_it(string? serial, string? wwn, long bytes, string names)
    {
        using var folder = new TemporaryFolder();
        var cancellation = TestContext.Current.CancellationToken;
        await File.WriteAllTextAsync(folder.File("devices"), Devices, cancellation);
        await File.WriteAllTextAsync(folder.File("paths"), Paths, cancellation);
        await WriteLocalcliAsync(folder, $"""
              'storage core device list') cat {folder.File("devices")} ;;
              'storage core path list') cat {folder.File("paths")} ;;
              'nvme device get -A vmhba1') printf 'Controller Identify Info:\n   PCIVID: 0x144d\n   Serial Number: S64GNE0R123456     \n   Model Number: SAMSUNG\n' ;;
              'nvme device get -A vmhba2') printf 'Controller Identify Info:\n   PCIVID: 0x144d\n   Serial Number: S64GNE0R999999     \n   Model Number: SAMSUNG\n' ;;
            """);
        var kickstart = await InstallerFile.RenderAsync("VMware ESXi 8.0", "esxi", "ks.cfg", new Disk { Device = "/dev/sda", Serial = serial, Wwn = wwn, SizeBytes = bytes });
        var from = kickstart.IndexOf("# LpmOs: the disks that the plan means", StringComparison.Ordinal);
        var found = kickstart[from..kickstart.IndexOf("\nsay(", from, StringComparison.Ordinal)] + "\nfit, seen = planned()\nprint(*fit)\nprint(*seen, sep='; ')";
        var output = (await PythonAsync(folder, "import os, re\n" + found)).Split('\n');
        Assert.Equal(names, output[0]);
        Assert.Equal($"{Sata}, 476940 MiB; {Nvme}, 976762 MiB; {Twin}, 976762 MiB; {Guid}, 976762 MiB; {Sas}, 3815447 MiB; mpx.vmhba32:C0:T0:L0, 30532 MiB", output[1]);
    }

    /// <summary>A host's firewall is closed to the regional service's port; the installer's own may not be there at all.</summary>
    [Theory]
    [InlineData("Enabled: true", "network firewall get, network firewall set --enabled false, network firewall set --enabled true")]
    [InlineData("Enabled: false", "network firewall get")]
    [InlineData("", "network firewall get")]
    public async Task The_firewall_is_off_for_the_length_of_a_call_alone(string state, string calls)
    {
        using var folder = new TemporaryFolder();
        await WriteLocalcliAsync(folder, $"""
              'network firewall get') printf '   Default Action: DROP\n   {state}\n   Loaded: true\n' ;;
            """);
        var kickstart = await InstallerFile.RenderAsync("VMware ESXi 8.0", "esxi", "ks.cfg");
        var from = kickstart.IndexOf("%firstboot --interpreter=python\n", StringComparison.Ordinal);
        var script = kickstart[from..kickstart.IndexOf("\n# The host's start", from, StringComparison.Ordinal)].Split('\n', 2)[1];
        Assert.EndsWith("\nNone\n", await PythonAsync(folder, script + $"\nprint(call('http://127.0.0.1:{LoopbackPorts.Next()}/', {{}}))"), StringComparison.Ordinal);
        Assert.Equal(calls, string.Join(", ", await File.ReadAllLinesAsync(folder.File("calls"), TestContext.Current.CancellationToken)));
    }

    /// <param name="cases">Of a shell's case statement, by all arguments.</param>
    private static async Task WriteLocalcliAsync(TemporaryFolder folder, string cases)
    {
        await File.WriteAllTextAsync(folder.File("localcli"), $"#!/bin/sh\necho \"$*\" >> {folder.File("calls")}\ncase \"$*\" in\n{cases}\n  *) exit 1 ;;\nesac\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(folder.File("localcli"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private static Task<string> PythonAsync(TemporaryFolder folder, string script) =>
        Command.Run("env", $"PATH={folder.Path}:{Environment.GetEnvironmentVariable("PATH")}", RequiredProgram.Find("python3", "python3-minimal"), "-c", script);
}
