namespace LpmOs.Boot.Dhcp;

/// <summary>What a boot client is told to load: a TFTP path or a URL.</summary>
internal sealed record BootTarget(string File)
{
    /// <summary>The option 60 that the reply must carry for this client, or null.</summary>
    public string? VendorClass { get; init; }
}

/// <summary>Chooses the boot file by program and architecture; a pure table.</summary>
/// <param name="publicUrl">Our HTTP base URL as firmware reaches it, without a slash at the end.</param>
/// <param name="exists">Whether we hold the asset at a path below the files folder.</param>
/// <param name="loader">First program for the UEFI x64 machine with that MAC; null: iPXE for all.</param>
/// <param name="secureUrl">The same by HTTPS, for an iPXE that says that it can; null: <paramref name="publicUrl"/> for all.</param>
internal sealed class BootTargets(string publicUrl, Func<string, bool> exists, Func<string?, UefiLoader>? loader = null, string? secureUrl = null)
{
    private const string Script = "/boot.ipxe";

    public const string HttpClientClass = "HTTPClient";
    public const string PxeClientClass = "PXEClient";

    /// <summary>Null: not a boot client, or one for which we hold nothing. It is then better not to answer than to send it into an error.</summary>
    /// <param name="mac">Of the client; null where it told none.</param>
    public BootTarget? For(BootClient client, string? mac = null) => client.Program switch
    {
        // iPXE is told a script, never a boot program: no chain can loop.
        BootProgram.Ipxe => RefusedScript(client) is null ? new BootTarget((client.Https == true && secureUrl is not null ? secureUrl : publicUrl) + Script) : null,
        BootProgram.Pxe => PxeFile(client.Architecture, mac) is { } file ? new BootTarget(file) : null,
        // The firmware takes only an answer that echoes its class (UEFI specification, section 24.7.2).
        BootProgram.HttpBoot => HttpFile(client.Architecture) is { } path ? new BootTarget($"{publicUrl}/files/{path}") { VendorClass = HttpClientClass } : null,
        _ => null,
    };

    /// <summary>The only script that there is for it, by HTTPS, where this iPXE says that it was built without; it would end with an error that says nothing of that.</summary>
    public string? RefusedScript(BootClient client) =>
        client is { Program: BootProgram.Ipxe, Https: false } && publicUrl.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? publicUrl + Script : null;

    private string? PxeFile(ushort architecture, string? mac) => architecture switch
    {
        Architecture.Bios => "undionly.kpxe",
        // Type 6 is x86 32 bit in the registry, yet some x64 firmware sends it; there is no 32-bit server to serve.
        Architecture.EfiIa32 or Architecture.EfiByteCode or Architecture.EfiX64 => X64Name(mac),
        Architecture.EfiArm64 when exists("ipxe/grubaa64.efi") => "grubaa64.efi",
        _ => null,
    };

    private string? HttpFile(ushort architecture) => architecture switch
    {
        // Never the signed loader: Debian's signed GRUB has no HTTP and would stand at its prompt. Secure Boot needs PXE.
        Architecture.EfiX64Http => "ipxe/" + Ipxe(UefiLoader.Snponly),
        Architecture.EfiArm64Http when exists("ipxe/grubaa64.efi") => "ipxe/grubaa64.efi",
        _ => null,
    };

    /// <summary>snponly drives the very card that booted, through the firmware's driver; ipxe.efi brings its own drivers.</summary>
    private string Ipxe(UefiLoader wanted) => exists("ipxe/ipxe.efi") && (wanted == UefiLoader.Ipxe || !exists("ipxe/snponly.efi")) ? "ipxe.efi" : "snponly.efi";

    private string X64Name(string? mac) => (loader?.Invoke(mac) ?? UefiLoader.Snponly) switch
    {
        // shim looks for grubx64.efi where it came from itself.
        UefiLoader.Signed when exists("ipxe/shimx64.efi") && exists("ipxe/grubx64.efi") => "shimx64.efi",
        var wanted => Ipxe(wanted),
    };
}
