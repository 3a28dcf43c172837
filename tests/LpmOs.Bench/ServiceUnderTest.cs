using System.Diagnostics;
using System.Globalization;
using LpmOs.Testing;

namespace LpmOs.Bench;

/// <summary>The tasks service as a process of its own, as it runs in production: its processor time and memory are told apart from the client's.</summary>
internal sealed class ServiceUnderTest : IAsyncDisposable
{
    private readonly ServerProcess _process;

    private ServiceUnderTest(ServerProcess process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Processor time of all its threads so far; on a machine that others use too it says more than the clock.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            using var process = Process.GetProcessById(_process.Id);
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Resident now and at its highest, in MB (proc(5), VmRSS and VmHWM).</summary>
    public (long Now, long Peak) ResidentMegabytes
    {
        get
        {
            var status = File.ReadAllLines($"/proc/{_process.Id}/status");
            return (Kilobytes("VmRSS:") / 1024, Kilobytes("VmHWM:") / 1024);

            long Kilobytes(string name) => long.Parse(status.First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Returns at once; it becomes ready by and by.</summary>
    /// <param name="program">LpmOs.Tasks.dll of the build to measure.</param>
    public static ServiceUnderTest Start(string program, Uri etcd)
    {
        var address = new Uri($"http://127.0.0.1:{LoopbackPorts.Next()}");
        string[] arguments =
        [
            program, $"--Tasks:Urls={address.GetLeftPart(UriPartial.Authority)}", $"--Templates:Path={Repository.Templates}",
            "--Store:Provider=etcd", $"--Store:Etcd:Endpoints={etcd.GetLeftPart(UriPartial.Authority)}",
        ];
        return new ServiceUnderTest(ServerProcess.Start("dotnet", arguments, _ => true), address);
    }

    public async Task ReadyAsync(HttpClient http)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(Address, "/readyz"), limit.Token);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            await Task.Delay(50, limit.Token);
        }
    }

    /// <summary>One of the process's own counters, from <c>/metrics</c>.</summary>
    public async Task<double> CounterAsync(HttpClient http, string name)
    {
        var text = await http.GetStringAsync(new Uri(Address, "/metrics"));
        return text.Split('\n').Where(line => line.StartsWith(name, StringComparison.Ordinal)).Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        await _process.TerminateAsync();
        await _process.DisposeAsync();
    }
}
