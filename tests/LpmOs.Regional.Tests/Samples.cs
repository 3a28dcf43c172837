using LpmOs.Contracts.Tasks;

namespace LpmOs.Regional.Tests;

internal static class Samples
{
    private static int _next;

    /// <summary>A machine that no other test uses.</summary>
    public static (string Sn, string Mac, string TaskId) Machine()
    {
        var n = Interlocked.Increment(ref _next);
        return ($"SN-{n:D4}", $"52:54:00:00:{n >> 8:x2}:{n & 255:x2}", $"task-{n:x8}");
    }

    public static InstallTask Task(string sn, string mac, string taskId, TaskState state = TaskState.Approved) => new()
    {
        TaskId = taskId, Idc = "dc1", Sn = sn, Mac = mac, OsType = "debian", OsVersion = "12", Status = state, CreatedAt = DateTimeOffset.UnixEpoch,
    };

    public static object Report(string sn, string mac, params object[] disks) => new
    {
        sn, mac_address = mac,
        hardware = new { serial_number = sn, mac_address = mac, company = "QEMU", cpu = new { model = "x", cores = 2 }, disks, nics = new[] { new { name = "eth0", mac } } },
    };

    public static object Disk(string device, string serial) => new { device, serial, size_bytes = 4_000_000_000L, size_gb = 4 };
}
