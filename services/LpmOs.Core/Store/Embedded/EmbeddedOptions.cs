namespace LpmOs.Core.Store.Embedded;

/// <summary>The store in one file; configuration section <c>Store:Embedded</c>.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>SQLite database; its folder is created. Beside it lie SQLite's -wal and -shm and our .lock.</summary>
    public string Path { get; init; } = "data/lpmos.db";

    /// <summary>How many revisions of history are kept at least, for watches to start from.</summary>
    public int KeepRevisions { get; init; } = 100_000;

    /// <summary>How long a write may wait for its turn and its fsync.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
