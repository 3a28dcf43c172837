namespace LpmOs.Testing;

/// <summary>How a test's etcd differs from the plain one.</summary>
public sealed record EtcdSettings
{
    /// <summary>Serves TLS with these, and asks clients for certificates of the same authority.</summary>
    public TestCertificates? Certificates { get; init; }

    /// <summary>Further command line flags of etcd.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];
}
