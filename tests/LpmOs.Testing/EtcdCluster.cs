using System.Text.Json;

namespace LpmOs.Testing;

/// <summary>Several etcd members that elect a leader among them.</summary>
public sealed class EtcdCluster : IAsyncDisposable
{
    private EtcdCluster(EtcdProcess[] members) => Members = members;

    public IReadOnlyList<EtcdProcess> Members { get; }

    public IReadOnlyList<Uri> Endpoints => [.. Members.Select(m => m.Endpoint)];

    public static async Task<EtcdCluster> StartAsync(int size = 3, EtcdSettings? settings = null) =>
        new(await EtcdProcess.StartClusterAsync(size, settings ?? new()));

    /// <summary>The member that leads now, as etcdctl tells it.</summary>
    public async Task<EtcdProcess> LeaderAsync()
    {
        foreach (var member in Members)
        {
            using var status = JsonDocument.Parse(await member.CtlAsync("endpoint", "status", "--write-out", "json"));
            var told = status.RootElement[0].GetProperty("Status");
            if (told.GetProperty("leader").GetUInt64() == told.GetProperty("header").GetProperty("member_id").GetUInt64())
                return member;
        }

        throw new InvalidOperationException("No etcd member says that it leads.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in Members)
            await member.DisposeAsync();
    }
}
