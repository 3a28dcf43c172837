using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Catalog;

namespace LpmOs.Core.Domain.Templates;

/// <summary>A machine that stands for a kind, to try templates on, with a task that asks for what such machines are given.</summary>
public sealed record SampleMachine(string Name, string Description, Inventory Hardware, TaskSpec Spec)
{
    private const string Mac = "52:54:00:12:34:56";
    private const string OtherMac = "52:54:00:12:34:57";

    public static IReadOnlyList<SampleMachine> All { get; } =
    [
        new("bios_sata", "BIOS, one SATA disk, DHCP, nothing asked for", Machine("SAMPLE-1", "bios", Disk("/dev/sda", "S3Z9NB0K123456", "naa.5002538d40a1b2c3", "sata")), Ask("SAMPLE-1")),
        new("uefi_nvme", "UEFI, NVMe, two interfaces with static addresses, keys, packages", Machine("SAMPLE-2", "uefi", Disk("/dev/nvme0n1", "S64DNE0R500000", "eui.0025385b01400a2b", "nvme")), Ask("SAMPLE-2") with
        {
            Hostname = "web-01.dc1.example.net", SshKeys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIzr5AzCJlTQnoQYwo4ch8kTcGzkA9v3ULGIW8KLtMlM operator@example.net"], Packages = ["chrony", "vim"], Tags = ["rack-a12"], Scripts = [Script("raid-check", ScriptTimes.Pre), Script("site-repository", ScriptTimes.Post), Script("register", ScriptTimes.FirstBoot)],
            Variables = new Dictionary<string, string> { ["time_zone"] = "Asia/Shanghai", ["ntp"] = "10.0.0.2", ["proxy"] = "http://10.0.0.3:3128" },
            Network = new NetworkSpec
            {
                Interfaces =
                [
                    new InterfaceSpec { Mac = Mac, Addresses = ["10.0.0.21/24", "2001:db8::21/64"], Gateway = "10.0.0.1", Dns = ["10.0.0.53", "10.0.1.53"] },
                    new InterfaceSpec { Mac = OtherMac, Addresses = ["192.168.7.21/22"] },
                ],
            },
        }),
        new("virtual", "A virtual machine, virtio disk, DHCP", Machine("SAMPLE-3", "uefi", Disk("/dev/vda", "VD0", null, "virtio")) with { IsVm = true, Virtualization = "qemu" }, Ask("SAMPLE-3")),
        new("no_serial", "A disk that only its path and size tell", Machine("SAMPLE-4", "bios", Disk("/dev/sdb", null, null, "scsi")), Ask("SAMPLE-4")),
    ];

    public static SampleMachine? Find(string name) => All.FirstOrDefault(sample => sample.Name == name);

    /// <summary>The task by which this system would be installed, with examples for the variables that the system needs.</summary>
    public InstallTask Task(CatalogMatch os, string method, string idc) => For(Spec, os, method, idc, Hardware.SerialNumber, Hardware.MacAddress);

    /// <summary>The same for hardware that a machine reported.</summary>
    public static InstallTask TaskFor(Inventory hardware, CatalogMatch os, string method, string idc) => For(Ask(hardware.SerialNumber), os, method, idc, hardware.SerialNumber, hardware.MacAddress);

    private static InstallTask For(TaskSpec spec, CatalogMatch os, string method, string idc, string sn, string mac) => new()
    {
        Idc = idc, Sn = sn, Mac = mac, OsType = os.Id, OsVersion = os.Version, OsId = os.Id, InstallMethod = method, Hostname = spec.Hostname, Network = spec.Network, SshKeys = spec.SshKeys,
        Packages = spec.Packages, Scripts = spec.Scripts, Tags = spec.Tags, Variables = os.Requires.Concat(spec.Variables ?? new Dictionary<string, string>()).ToDictionary(),
        TaskId = "task-00000000", Status = TaskState.Pending,
    };

    private static TaskScript Script(string name, string when) => new() { Name = name, When = when, Text = $"echo \"$LPMOS_HOSTNAME: it's {name}\"\n\ttest -n '$LPMOS_SN' # 100% \\n 你好\n" };

    private static TaskSpec Ask(string sn) => new() { Idc = "dc1", Sn = sn, Mac = Mac, OsType = "debian" };

    private static Inventory Machine(string sn, string bootMode, Disk disk) => new()
    {
        SerialNumber = sn, MacAddress = Mac, Company = "Example", Product = "Server 1000", Uuid = "4c4c4544-0042-3510-8052-b4c04f4d3132", Firmware = new Firmware { BootMode = bootMode },
        Cpu = new Cpu { Model = "Example CPU", Cores = 16, Threads = 32, Sockets = 1, Architecture = "x86_64" }, Memory = new Memory { TotalGb = 64, TotalBytes = 64L << 30 },
        Disks = [disk], Nics = [new Nic { Name = "eno1", Mac = Mac, Link = true, SpeedMbps = 10_000 }, new Nic { Name = "eno2", Mac = OtherMac }],
    };

    private static Disk Disk(string device, string? serial, string? wwn, string transport) => new()
    {
        Device = device, Serial = serial, Wwn = wwn, Model = "Example Disk", Transport = transport, SizeBytes = 480_103_981_056, SizeGb = 480,
    };
}
