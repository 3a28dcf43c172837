using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery.Mac;

/// <summary>A Mac, told by its own programs: system_profiler, sysctl, ioreg, diskutil and ifconfig. Whatever one of them does not tell is left out.</summary>
internal sealed class MacDiscovery(ProgramCall call)
{
    private const int MostDisks = 64;
    private const string DataTypes = "SPHardwareDataType SPMemoryDataType SPDisplaysDataType SPNVMeDataType SPSerialATADataType";
    private const string Sysctls = "hw.model hw.memsize hw.packages hw.physicalcpu hw.logicalcpu hw.cpufrequency_max machdep.cpu.brand_string machdep.cpu.vendor machdep.cpu.features machdep.cpu.leaf7_features kern.hv_vmm_present";
    private static readonly ProgramOptions Options = new() { TimeLimit = TimeSpan.FromSeconds(30), Quiet = true, AnyExitCode = true };

    public async Task<Inventory> CollectAsync(string? bootMac, CancellationToken cancellationToken)
    {
        var profiling = AskAsync("system_profiler", ["-json", .. DataTypes.Split(' ')], cancellationToken);
        var control = MacText.Pairs(await AskAsync("sysctl", Sysctls.Split(' '), cancellationToken).ConfigureAwait(false), ": ");
        var registry = MacText.Registry(await AskAsync("ioreg", ["-rd1", "-c", "IOPlatformExpertDevice"], cancellationToken).ConfigureAwait(false));
        var nics = MacText.Interfaces(await AskAsync("ifconfig", ["-a"], cancellationToken).ConfigureAwait(false));
        using var profile = MacJson.Parse(await profiling.ConfigureAwait(false));
        var hardware = MacJson.Entries(profile.RootElement, "SPHardwareDataType").FirstOrDefault();
        var mac = NicDiscovery.BootMac(nics, bootMac);
        var model = MacJson.Text(hardware, "machine_model") ?? control.GetValueOrDefault("hw.model") ?? registry.GetValueOrDefault("model");
        var isVm = control.GetValueOrDefault("kern.hv_vmm_present") == "1" || model?.StartsWith("VirtualMac", StringComparison.Ordinal) == true;
        return new()
        {
            SerialNumber = Serial(MacJson.Text(hardware, "serial_number")) ?? Serial(registry.GetValueOrDefault("IOPlatformSerialNumber")) ?? SerialNumber.Fit(MacJson.Text(hardware, "platform_UUID")) ?? mac.Replace(":", "", StringComparison.Ordinal),
            MacAddress = mac,
            Company = "Apple Inc.",
            Product = model,
            ModelName = MacJson.Text(hardware, "machine_name") ?? model,
            IsVm = isVm,
            Virtualization = !isVm ? null : model?.Contains("Parallels", StringComparison.OrdinalIgnoreCase) == true ? "parallels" : model?.Contains("VMware", StringComparison.OrdinalIgnoreCase) == true ? "vmware" : "apple",
            Uuid = (MacJson.Text(hardware, "platform_UUID") ?? registry.GetValueOrDefault("IOPlatformUUID"))?.ToLowerInvariant(),
            Firmware = MacJson.Text(hardware, "boot_rom_version") is { } version ? new() { Vendor = "Apple Inc.", Version = version } : null,
            Cpu = Cpu(hardware, control),
            Memory = MacMemory.Of(profile.RootElement, control),
            Disks = await DisksAsync(profile.RootElement, cancellationToken).ConfigureAwait(false),
            Nics = nics,
            Gpus = [.. MacJson.Entries(profile.RootElement, "SPDisplaysDataType").Select(gpu => MacJson.Text(gpu, "sppci_model") ?? MacJson.Text(gpu, "_name")).OfType<string>().Take(InventoryBounds.Gpus).Select(name => new Gpu { Name = name })],
            AgentVersion = HardwareDiscovery.AgentVersion,
        };
    }

    private static string? Serial(string? text) => text is null || Placeholders.IsPlaceholder(text) ? null : SerialNumber.Fit(text);

    private static Cpu Cpu(JsonElement hardware, IReadOnlyDictionary<string, string> control)
    {
        // "proc 8:4:4": all, performance and efficiency cores.
        var processors = MacJson.Text(hardware, "number_processors")?.Split(' ')[^1].Split(':')[0];
        var cores = Number(control.GetValueOrDefault("hw.physicalcpu")) ?? Number(processors) ?? 0;
        var flags = $"{control.GetValueOrDefault("machdep.cpu.features")} {control.GetValueOrDefault("machdep.cpu.leaf7_features")}".ToLowerInvariant().Replace("avx1.0", "avx", StringComparison.Ordinal).Replace("sse4.", "sse4_", StringComparison.Ordinal);
        return new()
        {
            Model = MacJson.Text(hardware, "chip_type") is { } chip && chip != "Unknown" ? chip : control.GetValueOrDefault("machdep.cpu.brand_string") ?? MacJson.Text(hardware, "cpu_type"),
            Vendor = control.GetValueOrDefault("machdep.cpu.vendor") ?? (MacJson.Text(hardware, "chip_type") is null ? null : "Apple"),
            Cores = cores,
            Threads = Number(control.GetValueOrDefault("hw.logicalcpu")) ?? cores,
            Sockets = Number(control.GetValueOrDefault("hw.packages")) ?? Number(MacJson.Text(hardware, "packages")) ?? 1,
            MaxMhz = long.TryParse(control.GetValueOrDefault("hw.cpufrequency_max"), NumberStyles.None, CultureInfo.InvariantCulture, out var hertz) && hertz is > 0 and < 100_000_000_000 ? (int)(hertz / 1_000_000) : null,
            Architecture = MacJson.Text(hardware, "chip_type") is not null ? "aarch64" : MacJson.Text(hardware, "cpu_type") is not null ? "x86_64" : RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64" : "x86_64",
            Flags = ProcessorDiscovery.FlagsOf(flags),
        };
    }

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 100_000 ? number : null;

    private async Task<IReadOnlyList<Disk>> DisksAsync(JsonElement profile, CancellationToken cancellationToken)
    {
        using var list = await PropertiesAsync(["list", "-plist", "physical"], cancellationToken).ConfigureAwait(false);
        var told = MacJson.Entries(profile, "SPNVMeDataType").Concat(MacJson.Entries(profile, "SPSerialATADataType")).SelectMany(bus => MacJson.Entries(bus, "_items")).Where(disk => MacJson.Text(disk, "bsd_name") is not null).DistinctBy(disk => MacJson.Text(disk, "bsd_name")).ToDictionary(disk => MacJson.Text(disk, "bsd_name")!);
        var found = new List<Disk>();
        foreach (var name in MacJson.Texts(list.RootElement, "WholeDisks").Where(name => name.StartsWith("disk", StringComparison.Ordinal) && name.All(char.IsAsciiLetterOrDigit)).Take(MostDisks))
        {
            using var info = await PropertiesAsync(["info", "-plist", name], cancellationToken).ConfigureAwait(false);
            if (MacDisk.Of(name, info.RootElement, told.GetValueOrDefault(name)) is { } disk)
                found.Add(disk);
        }
        return found;
    }

    // diskutil writes property lists; plutil makes JSON of them.
    private async Task<JsonDocument> PropertiesAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var list = await AskAsync("diskutil", arguments, cancellationToken).ConfigureAwait(false);
        return MacJson.Parse(list.Length == 0 ? "" : await AskAsync("plutil", ["-convert", "json", "-r", "-o", "-", "-"], cancellationToken, list).ConfigureAwait(false));
    }

    private async Task<string> AskAsync(string program, string[] arguments, CancellationToken cancellationToken, string? input = null)
    {
        try
        {
            return (await call(program, arguments, input is null ? Options : Options with { Input = input }, cancellationToken).ConfigureAwait(false)).Output;
        }
        catch (ProgramException)
        {
            return "";
        }
    }
}
