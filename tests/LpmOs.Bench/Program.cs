using System.Globalization;
using System.Text.Json;
using LpmOs.Bench;
using LpmOs.Bench.Boot;
using LpmOs.Bench.Client;
using LpmOs.Bench.HotPaths;
using LpmOs.Bench.Installation;
using LpmOs.Bench.Layout;
using LpmOs.Bench.Report;
using LpmOs.Bench.Twins;
using LpmOs.Core.Store;
using LpmOs.Testing;

// LpmOs.Bench TARGET [--long] [ARGUMENT…]
var folder = Path.Combine(Repository.Root, "docs", "bench");
var longForm = args.Contains("--long");
var rest = args.Where(argument => argument != "--long").ToArray();
try
{
    return await RunAsync();
}
catch (Exception e) when (e is InvalidOperationException or IOException or UnauthorizedAccessException or HttpRequestException or StoreUnavailableException or JsonException or FormatException or OperationCanceledException)
{
    // A program that is missing, a disk or an etcd that is full, a service that does not start: what it says is what a person needs.
    Console.Error.WriteLine($"bench: {rest.FirstOrDefault()}: {e.Message}");
    return 1;
}

async Task<int> RunAsync()
{
    switch (rest.FirstOrDefault())
    {
        case "control-plane":
            var machines = rest.Length > 1 ? int.Parse(rest[1], CultureInfo.InvariantCulture) : 100_000;
            // Further arguments: an LpmOs.Tasks.dll of each build to measure.
            return await MeasureAsync("control-plane", "The control plane with 100,000 machines, and the curve of its lists", (report, more) =>
                ControlPlane.RunAsync(report, more, machines, rest.Length > 2 ? rest[2..] : [Path.Combine(AppContext.BaseDirectory, "LpmOs.Tasks.dll")]));
        case "tftp-load": // Of build/bench-boot.sh.
            return TftpLoad.Run(rest[1..]);
        case "layout":
            return await MeasureAsync("layout", "The store layout beside the one before it", LayoutBench.RunAsync);
        case "etcd-client":
            return await MeasureAsync("etcd-client", "Our etcd client beside what the same etcd can take", ClientBench.RunAsync);
        case "hot-paths":
            return await MeasureAsync("hot-paths", "Hot paths in one process, beside the least that could be done instead", HotPathBench.RunAsync);
        case "install": // Of build/bench-install.sh.
            var here = BenchMachine.Here() with { LoadBefore = rest[2], LoadAfter = Load.Average };
            return Write(InstallBench.Report(rest[1], here, folder), here);
        case "report": // TARGET FILE: what another program measured.
            var (sheet, before) = SheetReport.Read(rest[1], rest[2]);
            return Write(sheet, BenchMachine.Here() with { LoadBefore = before });
        case "twins-curve": // Of build/twins.sh: what each fleet left.
            TwinsCurve.Write(Path.Combine(folder, "twins.md"), rest[2..], BenchMachine.Here() with { LoadBefore = rest[1] });
            return 0;
        case "index":
            BenchIndex.Write(folder);
            return 0;
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
            Console.Error.WriteLine("bench: name a target: control-plane [MACHINES [BUILD…]], layout, etcd-client, hot-paths, twins [OPTION=VALUE…], tftp-load ADDRESS PORT FILE CLIENTS BLKSIZE WINDOWSIZE SECONDS; --long for more rounds");
            return 2;
    }
}

async Task<int> MeasureAsync(string target, string title, Func<BenchReport, bool, Task> run)
{
    var machine = BenchMachine.Here() with { Etcd = await Load.VersionAsync(RequiredProgram.Find("etcd", "etcd-server")) };
    var report = new BenchReport(target, title);
    await run(report, longForm);
    return Write(report, machine);
}

int Write(BenchReport report, BenchMachine machine)
{
    report.Write(folder, machine with { LoadAfter = Load.Average });
    return report.Failed ? 1 : 0;
}
