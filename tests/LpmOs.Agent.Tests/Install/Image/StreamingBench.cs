using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using LpmOs.Agent.Discovery;
using LpmOs.Agent.Install.Image;
using LpmOs.Agent.Reporting;
using LpmOs.Agent.Settings;
using LpmOs.Testing;

namespace LpmOs.Agent.Tests.Install.Image;

/// <summary>
/// build/bench-image.sh: the agent's own stream onto a loop device beside <c>curl | zstd -d | dd</c> onto the same, in turns, from the same nginx
/// (LPMOS_BENCH_IMAGE, LPMOS_BENCH_URL, LPMOS_BENCH_DISK). Says the ratio of the medians and this process's peak memory; asserts neither.
/// </summary>
public sealed class StreamingBench(ITestOutputHelper output)
{
    private static readonly int Rounds = Environment.GetEnvironmentVariable("LONG") is { Length: > 0 } ? 9 : 5;

    [Fact(Explicit = true)]
    public async Task TheStreamBesideCurlZstdAndDd()
    {
        string Setting(string name) => Environment.GetEnvironmentVariable("LPMOS_BENCH_" + name) ?? throw new InvalidOperationException("Run build/bench-image.sh.");
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        var (file, url, disk) = (Setting("IMAGE"), Setting("URL"), Setting("DISK"));
        await using var regional = await FakeRegional.StartAsync();
        using var http = new HttpClient();
        var log = new AgentLog(TextWriter.Null, false);
        var settings = new AgentSettings { RegionalUrl = regional.Url, BootUrl = new Uri(url), InBootImage = true };
        using var progress = new ProgressReporter(new RegionalClient(http, settings, log, TimeProvider.System), log, TimeProvider.System, false);
        var step = new ImageStep(new ImageSource(http, settings, log, TimeProvider.System), progress, log, new SystemTree("/"), TimeProvider.System);
        string digest;
        await using (var stream = File.OpenRead(file))
            digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, TestContext.Current.CancellationToken));
        var image = new Contracts.Tasks.ImagePlan { Url = url, Sha256 = digest, SizeBytes = new FileInfo(file).Length, Format = "raw.zst", RawBytes = null };
        var diskBytes = long.Parse(RecordedMachine.Program("blockdev", $"--getsize64 {disk}"), CultureInfo.InvariantCulture);
        var (theirs, ours) = (new List<double>(), new List<double>());
        File.WriteAllText("/proc/self/clear_refs", "5");
        for (var round = 0; round < Rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            RecordedMachine.Program("sh", $"-c 'curl -sf {url} | zstd -d -q -c | dd of={disk} bs=4M iflag=fullblock conv=fsync status=none'");
            theirs.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            began = Stopwatch.GetTimestamp();
            await step.WriteAsync(image, disk, diskBytes, null, TestContext.Current.CancellationToken);
            ours.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round + 1}: curl | zstd -d | dd {theirs[^1]:0.00} s, agent {ours[^1]:0.00} s (with SHA-256 and sync)"));
        }
        var sheet = new FigureSheet { Title = "The agent's stream of an image beside curl | zstd -d | dd", LoadBefore = load };
        var megabytes = double.Parse(Setting("MIB"), CultureInfo.InvariantCulture);
        sheet.Rows.Add(new FigureRow
        {
            What = $"image of a whole disk, {megabytes:0} MiB, from nginx on loopback onto a loop device, sync included", Unit = "MiB/s", Against = "curl | zstd -d | dd", Sense = "times as much", AtLeast = 0.95,
            Rounds = [.. ours.Zip(theirs, (mine, other) => (double[])[megabytes / mine, megabytes / other])],
        });
        var peak = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(':')[1].Trim();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"speed of the agent / that of curl | zstd -d | dd: {Median(theirs) / Median(ours):0.00} (median of {Rounds}); peak memory of this process, test framework included: {peak}"));
        sheet.Notes.Add($"The agent checks the image's SHA-256 besides. Peak memory of its process, test framework included: {peak}.");
        sheet.Save();
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
