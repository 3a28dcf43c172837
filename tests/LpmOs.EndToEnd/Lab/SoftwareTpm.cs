using System.Security.Cryptography;

namespace LpmOs.EndToEnd.Lab;

/// <summary>A TPM 2.0 in software for a virtual machine. Its keys stay in its folder.</summary>
internal sealed class SoftwareTpm(LabNetwork network, string name) : IAsyncDisposable
{
    private BackgroundProcess? _process;

    public string Socket => Path.Combine(network.Folder, name + ".sock");

    private string State => Directory.CreateDirectory(Path.Combine(network.Folder, name)).FullName;

    /// <summary>For a virtual machine.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => StartAsync(["--ctrl", $"type=unixio,path={Socket}"], cancellationToken);

    /// <summary>SHA-256 of its endorsement key's public area, as tpm2-tools find it; the machine must be off.</summary>
    public async Task<string> EndorsementKeyAsync(CancellationToken cancellationToken)
    {
        await StartAsync(["--server", $"type=unixio,path={Socket}", "--ctrl", $"type=unixio,path={Socket}.control", "--flags", "not-need-init,startup-clear"], cancellationToken);
        var file = Path.Combine(network.Folder, name + ".ek");
        var (code, output, error) = await network.TryAsync(["env", $"TPM2TOOLS_TCTI=cmd:socat - UNIX-CONNECT:{Socket}", "tpm2_createek", "-c", file + ".ctx", "-G", "ecc", "-u", file], cancellationToken);
        if (code != 0)
            throw new InvalidOperationException($"tpm2_createek: {output}{error}");
        await DisposeAsync();
        // TPM2B_PUBLIC: a length, then the key.
        return Convert.ToHexStringLower(SHA256.HashData((await File.ReadAllBytesAsync(file, cancellationToken)).AsSpan(2)));
    }

    private async Task StartAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        await DisposeAsync();
        File.Delete(Socket);
        _process = network.Start("swtpm", ["socket", "--tpm2", "--tpmstate", $"dir={State}", .. arguments], name + ".log");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!File.Exists(Socket))
            await Task.Delay(50, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _process = null;
    }
}
