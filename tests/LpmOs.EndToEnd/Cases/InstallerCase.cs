using System.Text.Json;
using System.Text.RegularExpressions;
using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>A task that Debian's own installer carries out, and what must be seen of it: on the wire, in the store, on the timeline.</summary>
internal sealed partial class InstallerCase(MachineSpec spec, LabNetwork network, Deployment deployment)
{
    private readonly OperatorApi _operator = new(network);

    /// <summary>The command line that the installer's kernel prints: nobody but our boot script could have named the file in it.</summary>
    [GeneratedRegex(@"Command line: .*auto=true priority=critical .*url=http://10\.77\.0\.1:8082/install/[^/ ]+/preseed\.cfg")]
    public static partial Regex Kernel();

    /// <summary>Creates the task, whose plan holds the digests of the very files of Debian's package.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        await _operator.WaitAsync(
            "/api/v1/assets/dc1", assets => assets.GetProperty("items").EnumerateArray().Count(asset => asset.GetProperty("name").GetString()!.StartsWith("debian-12/", StringComparison.Ordinal) && asset.GetProperty("state").GetString() == "held") == 2,
            TimeSpan.FromSeconds(60), cancellationToken);
        var created = await _operator.CreateTaskAsync(spec, "preseeded", cancellationToken, "preseed");
        Assert.Equal("pending", created.GetProperty("status").GetString());
        var plan = (await _operator.GetAsync($"/api/v1/tasks/dc1/{spec.SerialNumber}/plan", cancellationToken)).ToString();
        Assert.Contains(await DebianInstaller.DigestAsync(DebianInstaller.Kernel, cancellationToken), plan, StringComparison.Ordinal);
        Assert.Contains(await DebianInstaller.DigestAsync(DebianInstaller.Initrd, cancellationToken), plan, StringComparison.Ordinal);
    }

    /// <summary>Waits until the installer's own log, sent by our early command, says that it took our preseed file.</summary>
    public async Task EarlyCommandAsync(VirtualMachine machine, TimeSpan limit, CancellationToken cancellationToken)
    {
        var log = await _operator.WaitAsync(
            $"/api/v1/tasks/dc1/{spec.SerialNumber}/logs", log => log.ToString().Contains("successfully loaded preseed file from", StringComparison.Ordinal), limit, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(network.Folder, "installer-log.json"), log.ToString(), cancellationToken);
        Assert.False(machine.HasEnded);
    }

    /// <summary>The installer's own requests, in the order in which it makes them.</summary>
    public static async Task CheckPacketsAsync(PacketCapture capture, CancellationToken cancellationToken)
    {
        var requests = await capture.HttpRequestsAsync(cancellationToken);
        var at = -1;
        foreach (var wanted in new[] { @"^GET\t/files/assets/[0-9a-f]{64}/linux$", @"^GET\t/files/assets/[0-9a-f]{64}/initrd\.gz$", @"^GET\t/install/[^/]+/preseed\.cfg$", @"^GET\t/install/[^/]+/early\.sh$", @"^POST\t/api/v1/operations/next$", @"^POST\t/api/v1/progress$" })
        {
            var next = requests.ToList().FindIndex(at + 1, request => Regex.IsMatch(request, wanted));
            Assert.True(next > at, $"No request like {wanted} after the {at + 1} first of:\n{string.Join('\n', requests)}");
            at = next;
        }
    }

    /// <summary>What etcd's own client reads of the task.</summary>
    public async Task CheckStoreAsync(CancellationToken cancellationToken)
    {
        var etcd = deployment.Etcd ?? throw new InvalidOperationException("This case has no etcd.");
        // Nobody but the hook that runs on within the installer tells this step.
        await _operator.WaitForTaskAsync(spec.SerialNumber, seen => seen.GetProperty("step").GetString() == "installing", TimeSpan.FromSeconds(120), cancellationToken);
        using var task = JsonDocument.Parse((await etcd.GetPrefixAsync($"/os/dc1/machines/{spec.SerialNumber}/task", cancellationToken)).Split('\n', 2)[1]);
        Assert.Equal("installing", task.RootElement.GetProperty("status").GetString());
        Assert.Equal("preseed", task.RootElement.GetProperty("plan").GetProperty("os").GetProperty("install_method").GetString());
        Assert.Contains(task.RootElement.GetProperty("progress").EnumerateArray(), step =>
            step.GetProperty("step").GetString() == "installing" && step.GetProperty("percent").GetInt32() == 70);
    }

    /// <summary>One boot, from the firmware to the installer's report.</summary>
    /// <param name="before">An event that must be on it before those of the installer.</param>
    public async Task CheckTimelineAsync(string before, CancellationToken cancellationToken)
    {
        var boots = await _operator.WaitAsync(
            $"/api/v1/tasks/dc1/{spec.SerialNumber}/boots", boots => Texts(boots).Any(text => text.StartsWith("installer install_start", StringComparison.Ordinal)), TimeSpan.FromSeconds(60), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(network.Folder, "boots.json"), boots.ToString(), cancellationToken);
        var texts = Texts(boots).ToList();
        var at = -1;
        foreach (var wanted in new[] { before, "HTTP file install/preseed.cfg", "HTTP file install/early.sh", "installer begin", "installer install_start" })
        {
            var next = texts.FindIndex(at + 1, text => text.StartsWith(wanted, StringComparison.Ordinal));
            Assert.True(next > at, $"'{wanted}' does not follow on the timeline:\n{string.Join('\n', texts)}");
            at = next;
        }
    }

    /// <summary>Events of the last boot, in words.</summary>
    private static IEnumerable<string> Texts(JsonElement boots) =>
        boots.GetProperty("items").EnumerateArray().Take(1).SelectMany(boot => boot.GetProperty("events").EnumerateArray()).Select(happened => happened.GetProperty("text").GetString()!);
}
