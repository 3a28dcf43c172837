namespace LpmOs.Core.Store.Etcd;

/// <summary>Where etcd is and how to speak with it; configuration section <c>Store:Etcd</c>.</summary>
public sealed record EtcdOptions
{
    /// <summary>Members' client addresses. One is used until it fails, then the next.</summary>
    public IReadOnlyList<Uri> Endpoints { get; init; } = [new("http://127.0.0.1:2379")];

    public string? Username { get; init; }
    public string? Password { get; init; }

    /// <summary>PEM file of the authorities that may sign the members' certificates; null: the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>PEM file of our client certificate (chain allowed) and of its key; both or neither.</summary>
    public string? CertFile { get; init; }
    public string? KeyFile { get; init; }

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one member may take over one call before we leave it.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long a call may take with all its attempts.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>HTTP/2 pings on a silent connection. etcd closes the connection of who pings more often than each 5 s (--grpc-keepalive-min-time).</summary>
    public TimeSpan PingDelay { get; init; } = TimeSpan.FromSeconds(5);
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A watch that heard nothing for so long asks the member for its progress, and leaves it if there is no answer.</summary>
    public TimeSpan WatchIdle { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Largest message accepted, in bytes: a page of 10,000 entries must fit.</summary>
    public int MaxReceiveBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Without the password: options get into logs.</summary>
    public override string ToString() => $"etcd at {string.Join(',', Endpoints)}{(Username is null ? "" : $" as {Username}")}";
}
