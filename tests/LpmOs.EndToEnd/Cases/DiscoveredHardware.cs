using System.Text.Json;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>Compares what the operators' API shows of a machine with what QEMU was given.</summary>
internal static class DiscoveredHardware
{
    public static void Check(JsonElement answer, MachineSpec spec)
    {
        var hardware = answer.TryGetProperty("hardware", out var inner) ? inner : answer;
        Assert.Equal(spec.SerialNumber, Text(hardware, "serial_number"));
        Assert.Equal(spec.Mac, Text(hardware, "mac_address"));
        Assert.Equal(spec.Manufacturer, Text(hardware, "company"));
        Assert.Equal(spec.Product, Text(hardware, "product"));
        Assert.Equal(spec.Uuid, Text(hardware, "uuid"));
        Assert.True(hardware.GetProperty("is_vm").GetBoolean());
        Assert.True(hardware.GetProperty("boot_image").GetBoolean());
        Assert.Equal(spec.Firmware == FirmwareKind.Uefi ? "uefi" : "bios", Text(hardware.GetProperty("firmware"), "boot_mode"));
        Assert.Equal(spec.Processors, hardware.GetProperty("cpu").GetProperty("threads").GetInt32());
        Assert.Equal("x86_64", Text(hardware.GetProperty("cpu"), "architecture"));
        // The kernel keeps some memory for itself, never a quarter.
        Assert.InRange(hardware.GetProperty("memory").GetProperty("total_bytes").GetInt64(), spec.MemoryMiB * 786432L, spec.MemoryMiB * 1048576L);

        var disk = Assert.Single(hardware.GetProperty("disks").EnumerateArray());
        Assert.Equal(spec.DiskBytes, disk.GetProperty("size_bytes").GetInt64());
        Assert.Equal(spec.DiskSerial, Text(disk, "serial"));
        Assert.Equal(spec.DiskDevice == "nvme" ? "/dev/nvme0n1" : "/dev/vda", Text(disk, "device"));
        Assert.Equal(spec.DiskDevice == "nvme" ? "nvme" : "virtio", Text(disk, "transport"));

        var nic = Assert.Single(hardware.GetProperty("nics").EnumerateArray());
        Assert.Equal(spec.Mac, Text(nic, "mac"));
        Assert.Equal(spec.NicDevice == "e1000e" ? "e1000e" : "virtio_net", Text(nic, "driver"));
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;
}
