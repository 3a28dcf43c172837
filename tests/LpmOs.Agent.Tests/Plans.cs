using System.Security.Cryptography;
using System.Text;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Tests;

/// <summary>Tasks and plans as the services make them.</summary>
internal static class Plans
{
    public const string TaskId = "task-0badf00d";

    public static AssignedTask Task { get; } = new()
    {
        TaskId = TaskId, Sn = "SN-1", Mac = "52:54:00:00:00:01", Status = TaskState.Approved, Attempt = 1, OsType = "Debian 12", OsVersion = "12", Hostname = "db-1",
    };

    public static InstallPlan Plan { get; } = new()
    {
        TaskId = TaskId,
        Attempt = 1,
        Sn = "SN-1",
        Operations = [OperationNames.OsInstall, OperationNames.Reboot],
        Os = new() { Id = "debian", Version = "12", Name = "Debian 12", InstallMethod = "image" },
        Disk = new() { Device = "/dev/vda", Serial = "DISK-1", SizeBytes = 8L << 30 },
        Image = new() { Url = "/files/images/debian-12.tar.zst", Sha256 = new string('a', 64), SizeBytes = 1000, Format = "tar.zst" },
        Partitions =
        [
            new() { Name = "bios", Role = "bios_boot", SizeBytes = 1 << 20 },
            new() { Name = "esp", Role = "esp", SizeBytes = 64 << 20, FileSystem = "vfat", MountPoint = "/boot/efi" },
            new() { Name = "root", Role = "root", FileSystem = "ext4", MountPoint = "/" },
        ],
        DiskGuid = "6f1c6c1e-7a51-4f0e-9d0a-3f1d5c5b7a11",
        Hostname = "db-1",
        Network = new(),
        KernelArguments = ["console=ttyS0,115200"],
    };

    public static ScriptPlan Script(string name, string when, string text) => new() { Name = name, When = when, Text = text, Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))) };

    /// <summary>Hands out the operations in order, as the regional service does.</summary>
    public static Func<NextOperationRequest, NextOperation> InOrder(params NextOperation[] operations)
    {
        var at = 0;
        return request => request.Completed is { Success: false } || at >= operations.Length
            ? new() { Operation = OperationNames.Wait, TaskId = request.TaskId, Attempt = 1, RetryAfterSeconds = 1 }
            : operations[at++];
    }

    public static NextOperation Operation(string name, InstallPlan? plan = null) => new() { Operation = name, TaskId = TaskId, Attempt = 1, Plan = plan };
}
