using System.Text.Json;
using LpmOs.Agent.Discovery;
using LpmOs.Agent.Settings;
using LpmOs.Contracts;
using LpmOs.Contracts.Agents;

namespace LpmOs.Agent.Workflow;

/// <summary>
/// The boot image starts the agent while drivers load and the network comes up, and says through a pipe when they have. Meanwhile the code of
/// discovery, JSON and HTTP is brought into memory by using it once; what comes out is thrown away.
/// </summary>
internal sealed class WarmStart(AgentSettings settings, HardwareDiscovery discovery, HttpClient http)
{
    public async Task UntilReadyAsync(CancellationToken cancellationToken)
    {
        if (settings.StartWhen is not { } pipe)
            return;
        // Opening it waits for the other end.
        var ready = Task.Run(() => File.ReadAllText(pipe), cancellationToken);
        using var warming = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var warm = WarmAsync(warming.Token);
        try
        {
            await ready.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No pipe: nobody will say when. The agent waits for network and disks by itself, as it does when it is started again.
        }
        await warming.CancelAsync().ConfigureAwait(false);
        await warm.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WarmAsync(CancellationToken cancellationToken)
    {
        // Off the caller's thread: discovery works before it waits for the first time.
        await Task.Yield();
        var machine = await discovery.CollectAsync(settings.BootMac, cancellationToken).ConfigureAwait(false);
        var report = new HardwareReport { Sn = machine.SerialNumber, MacAddress = machine.MacAddress, Hardware = machine };
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(report, ContractsJson.Default.HardwareReport));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(settings.RegionalUrl, "healthz"));
        using var answer = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
