using System.Runtime.InteropServices;

namespace LpmOs.Bench.Report;

/// <summary>Where the figures come from: without it they say nothing.</summary>
internal sealed record BenchMachine
{
    public required DateTimeOffset At { get; init; }
    public required string Processor { get; init; }
    public required int Processors { get; init; }
    public required int MemoryGb { get; init; }
    public required string System { get; init; }
    public string? Runtime { get; init; }
    /// <summary>Version of etcd, where it took part.</summary>
    public string? Etcd { get; init; }
    public required string LoadBefore { get; init; }
    public string? LoadAfter { get; init; }

    /// <summary>This machine, now.</summary>
    public static BenchMachine Here() => new()
    {
        At = TimeProvider.System.GetUtcNow(), Processors = Environment.ProcessorCount, System = RuntimeInformation.OSDescription, Runtime = Environment.Version.ToString(), LoadBefore = Load.Average,
        Processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString(),
        MemoryGb = (int)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30),
    };
}

internal sealed record BenchDocument
{
    public required string Target { get; init; }
    public string? Title { get; init; }
    public required BenchMachine Machine { get; init; }
    public required IReadOnlyList<Row> Rows { get; init; }
    public required IReadOnlyList<string> Notes { get; init; }
    public required IReadOnlyList<string> Faults { get; init; }
}
