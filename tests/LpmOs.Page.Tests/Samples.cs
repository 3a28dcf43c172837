namespace LpmOs.Page.Tests;

/// <summary>Bodies as operators and agents send them.</summary>
internal static class Samples
{
    public static string Mac(int number) => $"02:00:5e:{number >> 16 & 255:x2}:{number >> 8 & 255:x2}:{number & 255:x2}";

    public static Dictionary<string, object> Task(string sn, int mac, string idc = "dc1") =>
        new() { ["idc"] = idc, ["sn"] = sn, ["mac"] = Mac(mac), ["os_type"] = "Ubuntu 22.04" };

    /// <summary>A server with one disk that holds a database.</summary>
    public static object Report(string sn, int mac, string text) => Report(sn, mac, text, Disk("/dev/nvme0n1", text, text));

    public static object Disk(string device, string text, string? label) => new
    {
        device, size_gb = 1920, size_bytes = 1_920_000_000_000, type = "nvme", model = text, serial = text,
        content = label is null
            ? (object)new { digest = new string('b', 64), partitions = Array.Empty<object>() }
            : new { partition_table = "gpt", digest = new string('a', 64), partitions = new[] { new { number = 1, size_bytes = 1_000_000_000_000, file_system = "xfs", label } } },
    };

    public static object Report(string sn, int mac, string text, params object[] disks) => Report(sn, mac, text, disks, []);

    public static object Report(string sn, int mac, string text, object[] disks, object[] controllers) => new
    {
        sn, mac_address = Mac(mac),
        hardware = new
        {
            serial_number = sn, mac_address = Mac(mac), company = text, product = text, model_name = text,
            cpu = new { model = text, cores = 32, threads = 64, sockets = 2, architecture = "x86_64" }, memory = new { total_gb = 256, total_bytes = 256L << 30 },
            disks, raid_controllers = controllers,
            nics = new[] { new { name = "eno1", mac = Mac(mac), driver = "ice", link = true, speed_mbps = 25_000 } },
        },
    };
}
