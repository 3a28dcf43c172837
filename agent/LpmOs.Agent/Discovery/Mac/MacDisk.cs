using System.Text.Json;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery.Mac;

/// <summary>One disk of a Mac.</summary>
internal static class MacDisk
{
    /// <param name="info"><c>diskutil info</c>.</param>
    /// <param name="profile">What system_profiler tells of the same disk; undefined where it tells nothing.</param>
    public static Disk? Of(string name, JsonElement info, JsonElement profile)
    {
        if ((MacJson.Number(info, "Size") ?? MacJson.Number(info, "TotalSize") ?? MacJson.Number(profile, "size_in_bytes")) is not (> 0 and var bytes))
            return null;
        var bus = MacJson.Text(info, "BusProtocol");
        var transport = bus switch { "PCI-Express" or "Apple Fabric" or "PCI" => "nvme", "SATA" => "sata", "USB" => "usb", "SAS" => "sas", "Virtual Interface" => "virtio", _ => null };
        var solid = MacJson.Flag(info, "SolidState") ?? MacJson.Text(profile, "spsata_medium_type") == "Solid State";
        var smart = MacJson.Text(profile, "smart_status") ?? MacJson.Text(info, "SMARTStatus");
        return new()
        {
            Device = "/dev/" + name,
            SizeBytes = bytes,
            SizeGb = (int)Math.Round(bytes / 1e9, MidpointRounding.AwayFromZero),
            Type = transport == "virtio" ? "virtual" : transport == "nvme" ? "nvme" : solid ? "ssd" : "hdd",
            Model = MacJson.Text(profile, "device_model") ?? MacJson.Text(info, "MediaName") ?? MacJson.Text(info, "IORegistryEntryName"),
            Serial = MacJson.Text(profile, "device_serial"),
            Firmware = MacJson.Text(profile, "device_revision"),
            Transport = transport,
            Rotational = !solid && transport is ("sata" or "usb"),
            Removable = MacJson.Flag(info, "RemovableMedia") ?? MacJson.Flag(info, "Removable") ?? false,
            LogicalSectorBytes = MacJson.Number(info, "DeviceBlockSize") is >= 512 and <= 65536 and var sector ? (int)sector : 512,
            Health = smart switch { "Verified" => new() { Passed = true, Source = "system_profiler" }, "Failing" => new() { Passed = false, Source = "system_profiler" }, _ => null },
        };
    }
}
