namespace LpmOs.Boot.Dhcp;

/// <summary>What a boot client is told to load: a TFTP path or an http URL.</summary>
internal sealed record BootTarget(string File)
{
    /// <summary>The option 60 that the reply must carry for this client, or null.</summary>
    public string? VendorClass { get; init; }
}

/// <summary>Chooses the boot file by program and architecture; a pure table.</summary>
/// <param name="publicUrl">Our HTTP base URL as firmware reaches it, without a slash at the end.</param>
/// <param name="exists">Whether we hold the asset at a path below the files folder.</param>
internal sealed class BootTargets(string publicUrl, Func<string, bool> exists)
{
    public const string HttpClientClass = "HTTPClient";
    public const string PxeClientClass = "PXEClient";

    /// <summary>Null: not a boot client, or one for which we hold nothing. It is then better not to answer than to send it into an error.</summary>
    public BootTarget? For(BootClient client) => client.Program switch
    {
        // iPXE is told a script, never a boot program: no chain can loop.
        BootProgram.Ipxe => new BootTarget(publicUrl + "/boot.ipxe"),
        BootProgram.Pxe => PxeFile(client.Architecture) is { } file ? new BootTarget(file) : null,
        // The firmware takes only an answer that echoes its class (UEFI specification, section 24.7.2).
        BootProgram.HttpBoot => HttpFile(client.Architecture) is { } path ? new BootTarget($"{publicUrl}/files/{path}") { VendorClass = HttpClientClass } : null,
        _ => null,
    };

    private string? PxeFile(ushort architecture) => architecture switch
    {
        Architecture.Bios => "undionly.kpxe",
        // Type 6 is x86 32 bit in the registry, yet some x64 firmware sends it; there is no 32-bit server to serve.
        Architecture.EfiIa32 or Architecture.EfiByteCode or Architecture.EfiX64 => X64Name(),
        Architecture.EfiArm64 when exists("ipxe/grubaa64.efi") => "grubaa64.efi",
        _ => null,
    };

    private string? HttpFile(ushort architecture) => architecture switch
    {
        Architecture.EfiX64Http => "ipxe/" + X64Name(),
        Architecture.EfiArm64Http when exists("ipxe/grubaa64.efi") => "ipxe/grubaa64.efi",
        _ => null,
    };

    /// <summary>snponly drives the very card that booted, through the firmware's driver; ipxe.efi brings its own drivers.</summary>
    private string X64Name() => !exists("ipxe/snponly.efi") && exists("ipxe/ipxe.efi") ? "ipxe.efi" : "snponly.efi";
}
