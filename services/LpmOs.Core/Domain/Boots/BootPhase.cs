using System.Text.Json.Serialization;

namespace LpmOs.Core.Domain.Boots;

/// <summary>How far a boot has come; each phase is only reached by way of some of those before it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BootPhase>))]
public enum BootPhase
{
    [JsonStringEnumMemberName("unknown")] Unknown,
    /// <summary>The firmware asks for an address and a boot file.</summary>
    [JsonStringEnumMemberName("firmware_dhcp")] FirmwareDhcp,
    /// <summary>The firmware fetches the boot program (iPXE, GRUB, shim).</summary>
    [JsonStringEnumMemberName("boot_program")] BootProgram,
    /// <summary>iPXE asks for an address of its own.</summary>
    [JsonStringEnumMemberName("ipxe_dhcp")] IpxeDhcp,
    /// <summary>iPXE asks what to do.</summary>
    [JsonStringEnumMemberName("script")] Script,
    [JsonStringEnumMemberName("kernel")] Kernel,
    [JsonStringEnumMemberName("initrd")] Initrd,
    /// <summary>The kernel runs and asks for an address.</summary>
    [JsonStringEnumMemberName("system_dhcp")] SystemDhcp,
    /// <summary>The agent reported.</summary>
    [JsonStringEnumMemberName("agent")] Agent,
    [JsonStringEnumMemberName("installation")] Installation,
    /// <summary>The installed system called.</summary>
    [JsonStringEnumMemberName("first_boot")] FirstBoot,
}
