using System.Globalization;
using System.Runtime.InteropServices;
using LpmOs.Bench;
using LpmOs.Bench.Boot;
using LpmOs.Bench.Client;
using LpmOs.Bench.Layout;
using LpmOs.Bench.Report;
using LpmOs.Bench.Twins;
using LpmOs.Testing;

// LpmOs.Bench TARGET [--long] [ARGUMENT…]
var longForm = args.Contains("--long");
var rest = args.Where(argument => argument != "--long").ToArray();
switch (rest.FirstOrDefault())
{
    case "control-plane":
        var machines = rest.Length > 1 ? int.Parse(rest[1], CultureInfo.InvariantCulture) : 100_000;
        // Further arguments: an LpmOs.Tasks.dll of each build to measure.
        await ControlPlane.RunAsync(machines, rest.Length > 2 ? rest[2..] : [Path.Combine(AppContext.BaseDirectory, "LpmOs.Tasks.dll")]);
        return 0;
    case "tftp-load": // Of build/bench-boot.sh.
        return TftpLoad.Run(rest[1..]);
    case "layout":
        return await MeasureAsync("layout", "The store layout beside the one before it", LayoutBench.RunAsync);
    case "etcd-client":
        return await MeasureAsync("etcd-client", "Our etcd client beside what the same etcd can take", ClientBench.RunAsync);
    case "twins":
        try
        {
            return await FleetRun.RunAsync(TwinOptions.Parse(rest[1..]), Environment.GetEnvironmentVariable("TWINS_NAMESPACE") ?? "");
        }
        catch (FormatException e)
        {
            Console.Error.WriteLine($"twins: {e.Message}");
            return 2;
        }
    default:
        Console.Error.WriteLine("bench: name a target: control-plane [MACHINES [BUILD…]], layout, etcd-client, twins [OPTION=VALUE…], tftp-load ADDRESS PORT FILE CLIENTS BLKSIZE WINDOWSIZE SECONDS; --long for more rounds");
        return 2;
}

async Task<int> MeasureAsync(string target, string title, Func<BenchReport, bool, Task> run)
{
    var machine = new BenchMachine
    {
        At = TimeProvider.System.GetUtcNow(), Processors = Environment.ProcessorCount, System = RuntimeInformation.OSDescription, Runtime = Environment.Version.ToString(), LoadBefore = Load.Average,
        Processor = File.ReadLines("/proc/cpuinfo").First(line => line.StartsWith("model name", StringComparison.Ordinal)).Split(':')[1].Trim(),
        MemoryGb = (int)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30), Etcd = await Load.VersionAsync(RequiredProgram.Find("etcd", "etcd-server")),
    };
    var report = new BenchReport(target, title);
    await run(report, longForm);
    report.Write(Path.Combine(Repository.Root, "docs", "bench"), machine with { LoadAfter = Load.Average });
    return report.Failed ? 1 : 0;
}
