namespace LpmOs.EndToEnd.Lab;

/// <summary>The part of QEMU's command line that belongs to the firmware.</summary>
internal static class QemuFirmware
{
    // /dev/kvm may exist and hang, so never ask for it.
    private static readonly string[] Emulated = ["-accel", "tcg,thread=multi,tb-size=512"];

    // All that can be emulated, but for the strings of bytes that the kernel would then copy and clear memory with: they are emulated byte by byte.
    private const string Processor = "max,-erms,-fsrm";

    public static string Program(FirmwareKind firmware) => firmware == FirmwareKind.Arm64 ? "qemu-system-aarch64" : "qemu-system-x86_64";

    /// <summary>The variables that a machine comes with; null without UEFI.</summary>
    public static string? Variables(FirmwareKind firmware) => firmware switch
    {
        FirmwareKind.Uefi => "/usr/share/OVMF/OVMF_VARS_4M.fd",
        FirmwareKind.UefiSecureBoot => "/usr/share/OVMF/OVMF_VARS_4M.ms.fd",
        FirmwareKind.Arm64 => "/usr/share/AAVMF/AAVMF_VARS.fd",
        _ => null,
    };

    public static IEnumerable<string> Machine(FirmwareKind firmware, string variables) => firmware switch
    {
        // graphics=off: BIOS and iPXE write to the serial console.
        FirmwareKind.Bios => [.. Emulated, "-machine", "q35,graphics=off", "-vga", "none", "-cpu", Processor],
        FirmwareKind.Uefi => [.. Emulated, "-machine", "q35", "-vga", "none", "-cpu", Processor, .. Flash("/usr/share/OVMF/OVMF_CODE_4M.fd", variables)],
        // Without system management mode the variables that hold the keys could be written by anyone.
        FirmwareKind.UefiSecureBoot =>
        [
            .. Emulated, "-machine", "q35,smm=on", "-vga", "none", "-cpu", Processor,
            "-global", "driver=cfi.pflash01,property=secure,value=on", "-global", "ICH9-LPC.disable_s3=1",
            .. Flash("/usr/share/OVMF/OVMF_CODE_4M.ms.fd", variables),
        ],
        FirmwareKind.Arm64 => [.. Emulated, "-machine", "virt,gic-version=3", "-cpu", "cortex-a72", .. Flash("/usr/share/AAVMF/AAVMF_CODE.fd", variables)],
        _ => throw new InvalidOperationException($"There is no firmware {firmware}."),
    };

    private static IEnumerable<string> Flash(string code, string variables) =>
        ["-drive", $"if=pflash,format=raw,unit=0,readonly=on,file={code}", "-drive", $"if=pflash,format=raw,unit=1,file={variables}"];
}
