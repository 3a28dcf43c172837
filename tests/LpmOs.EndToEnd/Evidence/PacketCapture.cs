using System.Text.RegularExpressions;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Evidence;

/// <summary>What passes over the lab's bridge, taken by tcpdump and read by tshark: UDP whole, TCP as far as the HTTP headers.</summary>
internal sealed partial class PacketCapture : IAsyncDisposable
{
    // At once, not in blocks: the last packet before the capture ends is often the one that a case asks for. The buffer (KiB) takes the bursts of a download.
    private static readonly string[] Options = ["--immediate-mode", "-B", "32768", "-U", "-n", "-Z", "root"];

    private readonly BackgroundProcess[] _processes;
    private readonly string _udpFile;
    private readonly string _tcpFile;

    private PacketCapture(string udpFile, string tcpFile, BackgroundProcess[] processes)
    {
        _udpFile = udpFile;
        _tcpFile = tcpFile;
        _processes = processes;
    }

    public static async Task<PacketCapture> StartAsync(LabNetwork network, string label, CancellationToken cancellationToken)
    {
        var udpFile = Path.Combine(network.Folder, $"udp-{label}.pcap");
        var tcpFile = Path.Combine(network.Folder, $"tcp-{label}.pcap");
        BackgroundProcess[] processes =
        [
            network.Start("tcpdump", ["-i", LabNetwork.Bridge, .. Options, "-w", udpFile, "udp"], $"tcpdump-udp-{label}.log"),
            network.Start("tcpdump", ["-i", LabNetwork.Bridge, .. Options, "-s", "600", "-w", tcpFile, "tcp"], $"tcpdump-tcp-{label}.log"),
        ];
        foreach (var process in processes)
            await process.Log.WaitForAsync(Listening(), TimeSpan.FromSeconds(20), cancellationToken);
        return new PacketCapture(udpFile, tcpFile, processes);
    }

    /// <summary>Everything on one interface, whole packets: for a part of a case that does not download.</summary>
    public static Task<PacketCapture> OnAsync(LabNetwork network, string label, string device, CancellationToken cancellationToken) =>
        OneAsync(network, label, device, [], cancellationToken);

    /// <summary>What clients send to a TCP port, whole: their requests, not the answers.</summary>
    public static Task<PacketCapture> RequestsAsync(LabNetwork network, string label, int port, CancellationToken cancellationToken) =>
        OneAsync(network, label, LabNetwork.Bridge, [$"tcp dst port {port.ToString(System.Globalization.CultureInfo.InvariantCulture)}"], cancellationToken);

    private static async Task<PacketCapture> OneAsync(LabNetwork network, string label, string device, string[] filter, CancellationToken cancellationToken)
    {
        var file = Path.Combine(network.Folder, $"{label}.pcap");
        var process = network.Start("tcpdump", ["-i", device, .. Options, "-w", file, .. filter], $"tcpdump-{label}.log");
        await process.Log.WaitForAsync(Listening(), TimeSpan.FromSeconds(20), cancellationToken);
        return new PacketCapture(file, file, [process]);
    }

    /// <summary>Ends the capture; the questions below are asked after it.</summary>
    public async Task StopAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
    }

    /// <summary>DHCP and TFTP packets that tshark cannot parse, one a line; empty is good.</summary>
    public Task<IReadOnlyList<string>> MalformedAsync(CancellationToken cancellationToken) =>
        ReadAsync(_udpFile, "(dhcp || tftp) && (_ws.malformed || _ws.expert.severity == error)", ["_ws.col.Info"], cancellationToken);

    /// <summary>DHCP messages: type number (RFC 2132 9.6), server identifier, boot file.</summary>
    public Task<IReadOnlyList<string>> DhcpAsync(string filter, CancellationToken cancellationToken) =>
        ReadAsync(_udpFile, $"dhcp && ({filter})", ["dhcp.option.dhcp", "dhcp.option.dhcp_server_id", "dhcp.file"], cancellationToken);

    /// <summary>Files that TFTP read requests asked for.</summary>
    public Task<IReadOnlyList<string>> TftpFilesAsync(CancellationToken cancellationToken) =>
        ReadAsync(_udpFile, "tftp.opcode == 1", ["tftp.source_file"], cancellationToken);

    /// <summary>HTTP requests: method and path.</summary>
    public Task<IReadOnlyList<string>> HttpRequestsAsync(CancellationToken cancellationToken) =>
        ReadAsync(_tcpFile, "http.request", ["http.request.method", "http.request.uri"], cancellationToken);

    /// <summary>Fields of the packets that a display filter of tshark lets through, one packet a line, tabs between.</summary>
    public Task<IReadOnlyList<string>> FieldsAsync(string filter, string[] fields, CancellationToken cancellationToken) => ReadAsync(_tcpFile, filter, fields, cancellationToken);

    public async ValueTask DisposeAsync() => await StopAsync();

    private static async Task<IReadOnlyList<string>> ReadAsync(string file, string filter, string[] fields, CancellationToken cancellationToken)
    {
        // Our HTTP ports are not among those that tshark decodes by itself; what was cut at capture is not malformed.
        var (_, output, error) = await Command.TryAsync(
            "tshark",
            ["-r", file, "-d", "tcp.port==8081,http", "-d", "tcp.port==8082,http", "-Y", filter, "-T", "fields", .. fields.SelectMany(field => new[] { "-e", field })],
            cancellationToken);
        return error.Contains("isn't a valid", StringComparison.Ordinal) || error.Contains("Some fields aren't valid", StringComparison.Ordinal)
            ? throw new InvalidOperationException(error)
            : output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex("listening on")]
    private static partial Regex Listening();
}
