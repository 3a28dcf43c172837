using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Identity;

namespace LpmOs.Core.Domain.Planning;

/// <summary>Computes what will be done to a machine: a pure function of task, hardware and the site's images.</summary>
public static class Planner
{
    private const long MiB = 1024 * 1024;

    /// <summary>GPT is 1 MiB aligned at the front; the BIOS boot partition holds GRUB's core image (about 100 KiB), the ESP a loader or two.</summary>
    private static readonly PartitionPlan BiosBoot = new() { Name = "bios", Role = "bios_boot", SizeBytes = MiB };
    private static readonly PartitionPlan Esp = new() { Name = "esp", Role = "esp", SizeBytes = 256 * MiB, FileSystem = "vfat", MountPoint = "/boot/efi" };

    /// <summary>Both consoles: the last one named is where the system's own messages go, and racks are read over serial lines.</summary>
    private static readonly string[] KernelArguments = ["console=tty0", "console=ttyS0,115200"];

    public static PlanOutcome Plan(InstallTask task, Inventory? inventory, IEnumerable<SiteImage> images, OsCatalog catalog)
    {
        if (inventory is null)
            return PlanOutcome.None(new TaskFailure { Code = "no_hardware", Message = "The machine has not reported its hardware yet.", Advice = "Switch it on with network boot first." });
        var problems = new List<TaskFailure>();
        var os = catalog.Resolve(task.OsType, task.OsVersion);
        if (os is null)
            problems.Add(new TaskFailure { Code = "unknown_system", Message = $"The catalogue knows no '{task.OsType}' '{task.OsVersion}'. It knows: {catalog.Allowed}." });
        var held = images.ToList();
        var image = held.FirstOrDefault(candidate => candidate.OsId == os?.Id && candidate.OsVersion == os.Version);
        if (os is not null && image is null)
        {
            problems.Add(new TaskFailure
            {
                Code = "no_image",
                Message = $"The boot services of {task.Idc} hold no image of {os.Name}. They hold: {(held.Count == 0 ? "none" : string.Join(", ", held.Select(i => i.Name ?? i.Id)))}.",
                Advice = "Put an image with its manifest into the images folder of the boot service (make sample-image builds one of Debian 12).",
            });
        }
        var (disk, problem) = DiskChoice.Choose(inventory.Disks, task.DiskLayout?.Disk);
        if (problem is not null)
            problems.Add(problem);
        if (os is null || image is null || disk is null)
            return new PlanOutcome(null, problems);

        var plan = new InstallPlan
        {
            TaskId = task.TaskId,
            Attempt = task.Attempt,
            Sn = task.Sn,
            Operations = [OperationNames.OsInstall, OperationNames.Reboot],
            Os = new OsPlan { Id = os.Id, Version = os.Version, Name = os.Name, InstallMethod = "image" },
            Disk = new DiskPlan { Device = disk.Device, Serial = disk.Serial, Wwn = disk.Wwn, Model = disk.Model, SizeBytes = disk.SizeBytes, ContentDigest = disk.Content?.Digest },
            Image = new ImagePlan { Url = "/files/images/" + Uri.EscapeDataString(image.File), Sha256 = image.Sha256, SizeBytes = image.SizeBytes, Format = image.Format },
            Partitions = [BiosBoot, Esp, new PartitionPlan { Name = "root", Role = "root", FileSystem = task.DiskLayout?.RootFileSystem ?? "ext4", MountPoint = "/" }],
            DiskGuid = DiskGuid(task.TaskId, task.Attempt),
            Hostname = task.Hostname ?? HostnameFor(task.Sn),
            Users = [new UserPlan { Name = image.DefaultUser, Sudo = true, SshKeys = task.SshKeys ?? [] }],
            Network = Network(task, inventory),
            KernelArguments = KernelArguments,
        };
        return new PlanOutcome(plan with { PlanHash = Hash(plan) }, []);
    }

    /// <summary>SHA-256 over the plan's JSON without its hash; the JSON is source-generated, so its field order is fixed.</summary>
    public static string Hash(InstallPlan plan) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(plan with { PlanHash = null }, ContractsJson.Default.InstallPlan)));

    /// <summary>A UUID of version 8 (RFC 9562, 5.8) from task and attempt.</summary>
    private static string DiskGuid(string taskId, int attempt)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"lpmos disk {taskId} {attempt}"))[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    private static NetworkSpec Network(InstallTask task, Inventory inventory)
    {
        var boot = inventory.MacAddress;
        var asked = task.Network?.Interfaces is { Count: > 0 } interfaces ? interfaces : [new InterfaceSpec()];
        return new NetworkSpec { Interfaces = [.. asked.Select(spec => spec with { Mac = spec.Mac ?? boot })] };
    }

    private static string HostnameFor(string sn)
    {
        var label = string.Concat(sn.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        label = label.Length > 63 ? label[..63].TrimEnd('-') : label;
        return Names.IsHostname(label) ? label : "server";
    }
}
