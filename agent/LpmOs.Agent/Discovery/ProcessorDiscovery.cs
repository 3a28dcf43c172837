using System.Runtime.InteropServices;
using System.Text;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>Processors and memory as the kernel counts them.</summary>
internal static class ProcessorDiscovery
{
    private const long GiB = 1L << 30;

    /// <summary>What decides whether a system, a hypervisor or a program can run; the kernel's list has two hundred.</summary>
    private static readonly HashSet<string> FlagsThatMatter = new(StringComparer.Ordinal)
    {
        "lm", "nx", "pae", "vmx", "svm", "ept", "npt", "hypervisor", "aes", "sha_ni", "vaes", "rdrand", "sse4_1", "sse4_2", "popcnt", "avx", "avx2", "f16c", "fma", "bmi2", "avx512f", "avx512bw", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_bf16", "amx_int8",
        "pdpe1gb", "smep", "smap", "sgx", "sev", "sev_es", "sev_snp", "tdx_guest", "tme", "la57", "x2apic",
        // arm64
        "asimd", "atomics", "crc32", "sha1", "sha2", "sha3", "sha512", "sve", "sve2", "bf16", "i8mm", "paca",
    };

    /// <summary>From <c>/proc/cpuinfo</c>; arm64 has no sockets and cores there, each thread then counts as a core.</summary>
    public static Cpu Cpu(SystemTree tree, Smbios smbios)
    {
        var (threads, model, vendor, microcode, flags) = (0, (string?)null, (string?)null, (string?)null, (string?)null);
        string? socket = null;
        var isArm = false;
        var sockets = new HashSet<string>();
        var cores = new HashSet<(string, string)>();
        foreach (var (name, value) in Fields(tree.Bytes("proc/cpuinfo")))
        {
            switch (name)
            {
                case "processor": threads++; break;
                case "model name": model ??= Printable.Clean(value); break;
                case "CPU implementer": isArm = true; break;
                case "vendor_id": vendor ??= Printable.Clean(value, 32); break;
                case "microcode": microcode ??= Printable.Clean(value, 32); break;
                // arm64 calls them features.
                case "flags" or "Features": flags ??= value; break;
                case "physical id": socket = value; sockets.Add(value); break;
                case "core id" when socket is not null: cores.Add((socket, value)); break;
            }
        }
        // The file is read to a bound; a machine with very many threads is counted from sysfs.
        var online = tree.Names("sys/devices/system/cpu").Count(cpu => cpu.Length > 3 && cpu.StartsWith("cpu", StringComparison.Ordinal) && cpu.AsSpan(3).IndexOfAnyExceptInRange('0', '9') < 0);
        if (online > threads)
        {
            threads = online;
            sockets.Clear();
            cores.Clear();
            for (var i = 0; i < online; i++)
            {
                var topology = $"sys/devices/system/cpu/cpu{i}/topology/";
                if (tree.Line(topology + "physical_package_id") is not { } package || tree.Line(topology + "core_id") is not { } core)
                    continue;
                sockets.Add(package);
                cores.Add((package, core));
            }
        }
        var firmware = smbios.Processors;
        return new()
        {
            Model = model ?? firmware.Model,
            Vendor = vendor,
            Microcode = microcode,
            MaxMhz = tree.Number("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq") is > 0 and < 100_000_000 and var kilohertz ? (int)(kilohertz / 1000) : firmware.MaxMhz,
            Flags = FlagsOf(flags ?? ""),
            NumaNodes = [.. tree.Names("sys/devices/system/node").Where(name => name.Length > 4 && name.StartsWith("node", StringComparison.Ordinal) && name.AsSpan(4).IndexOfAnyExceptInRange('0', '9') < 0).Take(InventoryBounds.NumaNodes).Select(name => NumaNode(tree, name))],
            Threads = threads,
            Cores = cores.Count > 0 ? cores.Count : threads,
            Sockets = Math.Max(sockets.Count > 0 ? sockets.Count : firmware.Sockets, threads > 0 ? 1 : 0),
            Architecture = isArm ? "aarch64" : vendor is not null ? "x86_64" : RuntimeInformation.ProcessArchitecture switch { Architecture.X64 => "x86_64", Architecture.Arm64 => "aarch64", var other => other.ToString().ToLowerInvariant() },
        };
    }

    /// <summary>Those of a list that matter, sorted.</summary>
    public static IReadOnlyList<string> FlagsOf(string all) => [.. all.Split(' ').Where(FlagsThatMatter.Contains).Distinct().Order(StringComparer.Ordinal)];

    public static Memory Memory(SystemTree tree, Smbios smbios)
    {
        var usable = Fields(tree.Bytes("proc/meminfo")).Where(field => field.Name == "MemTotal").Select(field => Kilobytes(field.Value) * 1024).FirstOrDefault();
        var installed = smbios.InstalledMemoryBytes() is { } modules && modules >= usable ? modules : usable;
        return new() { TotalBytes = usable, TotalGb = (int)Math.Round((double)installed / GiB, MidpointRounding.AwayFromZero), Slots = smbios.MemorySlots, ErrorCorrection = smbios.ErrorCorrection, Dimms = smbios.Modules };
    }

    private static NumaNode NumaNode(SystemTree tree, string name) => new()
    {
        Node = int.TryParse(name.AsSpan(4), out var number) ? number : 0,
        Cpus = tree.Line($"sys/devices/system/node/{name}/cpulist"),
        // Lines begin with "Node 0 ".
        MemoryBytes = Fields(tree.Bytes($"sys/devices/system/node/{name}/meminfo", 16384)).Where(field => field.Name.EndsWith(" MemTotal", StringComparison.Ordinal)).Select(field => Kilobytes(field.Value) * 1024).FirstOrDefault(),
    };

    public static bool HasHypervisorFlag(SystemTree tree) =>
        Fields(tree.Bytes("proc/cpuinfo", 8192)).Any(field => field.Name == "flags" && field.Value.Split(' ').Contains("hypervisor"));

    private static long Kilobytes(string text) => text.Split(' ') is [var number, ..] && long.TryParse(number, out var kilobytes) && kilobytes is >= 0 and < long.MaxValue / 1024 ? kilobytes : 0;

    private static IEnumerable<(string Name, string Value)> Fields(byte[] bytes)
    {
        foreach (var line in Encoding.UTF8.GetString(bytes).Split('\n'))
        {
            if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
                yield return (line[..colon].Trim(), line[(colon + 1)..].Trim());
        }
    }
}
