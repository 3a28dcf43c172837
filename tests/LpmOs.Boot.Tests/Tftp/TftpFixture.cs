using System.Net;
using System.Text;
using LpmOs.Boot.Files;
using LpmOs.Boot.Tftp;
using Microsoft.Extensions.Logging.Abstractions;

namespace LpmOs.Boot.Tests.Tftp;

/// <summary>A running server over a folder of its own, on loopback.</summary>
public sealed class TftpFixture : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public TftpFixture()
    {
        Folder = Directory.CreateTempSubdirectory("lpmos-tftp-").FullName;
        Directory.CreateDirectory(Path.Combine(Folder, "ipxe"));
        Content = new byte[300_001];
        new Random(1).NextBytes(Content);
        File.WriteAllBytes(Path.Combine(Folder, "ipxe", "undionly.kpxe"), Content);
        Server = new TftpServer(
            [new IPEndPoint(IPAddress.Any, 0), new IPEndPoint(IPAddress.IPv6Any, 0)],
            new FileResolver(Folder, (path, _) => path == "boot.ipxe" ? Encoding.ASCII.GetBytes("#!ipxe\nshell\n") : null),
            TimeProvider.System,
            NullLogger<TftpServer>.Instance);
        _running = Server.RunAsync(_stop.Token);
    }

    public string Folder { get; }
    public byte[] Content { get; }
    internal TftpServer Server { get; }
    public int Port => Server.EndPoints[0].Port;
    public int Port6 => Server.EndPoints[1].Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await Server.DisposeAsync();
        _stop.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
