using System.Text.Json;

namespace LpmOs.Testing;

/// <summary>Several etcd members that elect a leader among them.</summary>
public sealed class EtcdCluster : IAsyncDisposable
{
    private static readonly TimeSpan ElectionLimit = TimeSpan.FromSeconds(120);

    private EtcdCluster(EtcdProcess[] members) => Members = members;

    public IReadOnlyList<EtcdProcess> Members { get; }

    public IReadOnlyList<Uri> Endpoints => [.. Members.Select(m => m.Endpoint)];

    public static async Task<EtcdCluster> StartAsync(int size = 3, EtcdSettings? settings = null) =>
        new(await EtcdProcess.StartClusterAsync(size, settings ?? new()));

    /// <summary>The member that leads now, as etcdctl tells it; between two leaders it waits for the next.</summary>
    public async Task<EtcdProcess> LeaderAsync()
    {
        using var limit = new CancellationTokenSource(ElectionLimit);
        while (true)
        {
            foreach (var member in Members)
            {
                try
                {
                    using var status = JsonDocument.Parse(await member.CtlAsync("endpoint", "status", "--write-out", "json"));
                    var told = status.RootElement[0].GetProperty("Status");
                    // Where there is none, etcd leaves the field out.
                    if (told.TryGetProperty("leader", out var leader) && leader.GetUInt64() == told.GetProperty("header").GetProperty("member_id").GetUInt64())
                        return member;
                }
                catch (InvalidOperationException) when (!limit.IsCancellationRequested)
                {
                    // One that was killed, or that has not found the others yet.
                }
            }

            if (limit.IsCancellationRequested)
                throw new InvalidOperationException("No etcd member says that it leads.");
            await Task.Delay(200);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in Members)
            await member.DisposeAsync();
    }
}
