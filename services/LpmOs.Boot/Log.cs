using System.Net;
using LpmOs.Boot.Dhcp;
using LpmOs.Boot.Scripts;

namespace LpmOs.Boot;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "DHCP {Mode} on {Interface} ({Address}), boot URL {Url}")]
    public static partial void DhcpStarted(this ILogger logger, DhcpMode mode, string @interface, IPAddress address, string url);

    [LoggerMessage(2, LogLevel.Information, "DHCP {Request} of {Client}: {Answer} {Address} {File}")]
    public static partial void DhcpAnswered(this ILogger logger, DhcpMessageType request, string client, DhcpMessageType answer, IPAddress address, string file);

    [LoggerMessage(3, LogLevel.Debug, "DHCP {Request} of {Client} on port {Port}: not answered")]
    public static partial void DhcpSilent(this ILogger logger, DhcpMessageType request, string client, int port);

    [LoggerMessage(4, LogLevel.Debug, "DHCP message from {From} dropped: {Reason}")]
    public static partial void DhcpMalformed(this ILogger logger, IPEndPoint from, string reason);

    [LoggerMessage(5, LogLevel.Warning, "DHCP socket on port {Port}: {Reason}")]
    public static partial void DhcpSocketError(this ILogger logger, int port, string reason);

    [LoggerMessage(6, LogLevel.Error, "DHCP {Request} of {Client} could not be answered; the client will ask again")]
    public static partial void DhcpFailed(this ILogger logger, Exception exception, DhcpMessageType request, string client);

    [LoggerMessage(7, LogLevel.Warning, "DHCP leases cannot be read from the store ({Reason}); known clients keep theirs, trying again in {Delay}")]
    public static partial void DhcpLeasesUnavailable(this ILogger logger, string reason, TimeSpan delay);

    [LoggerMessage(8, LogLevel.Information, "Router solicitations of iPXE on {Interface} cannot be answered ({Reason}); each boot waits some 12 seconds longer for IPv6")]
    public static partial void NoRouterAdvertisements(this ILogger logger, string @interface, string reason);

    [LoggerMessage(9, LogLevel.Warning, "[{Idc}] Another DHCP server answers on {Interface} and must not: {Server} ({Mac}), offers {Address}, boot file {File}. Machines may boot the wrong thing. Switch it off, or name it in Boot:Sentinel:Allowed")]
    public static partial void RogueServer(this ILogger logger, string idc, string @interface, string server, string mac, string? address, string? file);

    [LoggerMessage(10, LogLevel.Information, "Other DHCP servers on {Interface} are not watched for: {Reason}. It needs CAP_NET_RAW; Boot:Sentinel:Enabled=false says that it is not wanted")]
    public static partial void NoSentinel(this ILogger logger, string @interface, string reason);

    [LoggerMessage(11, LogLevel.Warning, "Watching for other DHCP servers on {Interface}: {Reason}; trying again in {Delay}")]
    public static partial void SentinelDelayed(this ILogger logger, string @interface, string reason, TimeSpan delay);

    [LoggerMessage(12, LogLevel.Information, "[{Idc}] Another DHCP server answers on {Interface}: {Server} ({Mac}), which is {Verdict} there")]
    public static partial void OtherServer(this ILogger logger, string idc, string @interface, string server, string mac, string verdict);

    [LoggerMessage(70, LogLevel.Information, "[{Idc}] The DHCP server that must not be on {Interface} answers no more: {Server} ({Mac}), last heard at {LastSeen}")]
    public static partial void RogueGone(this ILogger logger, string idc, string @interface, string server, string mac, DateTimeOffset lastSeen);

    [LoggerMessage(13, LogLevel.Warning, "Addresses cannot be tried before they are offered: {Reason}; they are offered all the same")]
    public static partial void NoConflictProbe(this ILogger logger, string reason);

    [LoggerMessage(14, LogLevel.Warning, "{Address} is in use by a machine that did not get it from us; nobody is given it for 10 minutes")]
    public static partial void AddressInUse(this ILogger logger, IPAddress address);

    [LoggerMessage(20, LogLevel.Information, "TFTP on {EndPoint}")]
    public static partial void TftpStarted(this ILogger logger, EndPoint endPoint);

    [LoggerMessage(21, LogLevel.Information, "TFTP {Client} reads {File}: {Bytes} bytes, blksize {BlockSize}, windowsize {WindowSize}, {Retransmissions} retransmissions")]
    public static partial void TftpSent(this ILogger logger, IPEndPoint client, string file, long bytes, int blockSize, int windowSize, int retransmissions);

    [LoggerMessage(22, LogLevel.Debug, "TFTP {Client} ended its transfer of {File}: error {Code} {Message}")]
    public static partial void TftpAborted(this ILogger logger, IPEndPoint client, string file, int code, string message);

    [LoggerMessage(23, LogLevel.Warning, "TFTP {Client} went silent at byte {Position} of {File}; given up after {Retransmissions} retransmissions")]
    public static partial void TftpSilent(this ILogger logger, IPEndPoint client, string file, long position, int retransmissions);

    [LoggerMessage(24, LogLevel.Information, "TFTP {Client} asks for {File}: {Reason}")]
    public static partial void TftpRefused(this ILogger logger, IPEndPoint client, string file, string reason);

    [LoggerMessage(25, LogLevel.Warning, "TFTP {Client} is not served now: {Reason}; it will ask again")]
    public static partial void TftpBusy(this ILogger logger, IPEndPoint client, string reason);

    [LoggerMessage(26, LogLevel.Error, "TFTP transfer of {File} to {Client} failed")]
    public static partial void TftpFailed(this ILogger logger, Exception exception, IPEndPoint client, string file);

    [LoggerMessage(27, LogLevel.Warning, "TFTP socket: {Reason}")]
    public static partial void TftpSocketError(this ILogger logger, string reason);

    [LoggerMessage(40, LogLevel.Information, "[{Idc}] Boot script for MAC {Mac}, SN {Serial} ({Platform}): {Kind}, {Reason} {TaskId}")]
    public static partial void ScriptDecided(this ILogger logger, string idc, string? mac, string? serial, string? platform, BootKind kind, string reason, string? taskId);

    [LoggerMessage(60, LogLevel.Information, "[{Idc}] Image {Id} published: {Bytes} bytes")]
    public static partial void ImagePublished(this ILogger logger, string idc, string id, long bytes);

    [LoggerMessage(61, LogLevel.Information, "[{Idc}] Image {Id} withdrawn: it is no longer here")]
    public static partial void ImageWithdrawn(this ILogger logger, string idc, string id);

    [LoggerMessage(62, LogLevel.Warning, "Image manifest {File} does not count: {Problem}")]
    public static partial void ManifestRefused(this ILogger logger, string file, string problem);

    [LoggerMessage(63, LogLevel.Warning, "Images are not published while the store does not answer: {Reason}")]
    public static partial void ImagesNotPublished(this ILogger logger, string reason);

    [LoggerMessage(64, LogLevel.Warning, "The images in {Folder} cannot be read: {Reason}")]
    public static partial void ImagesUnreadable(this ILogger logger, string folder, string reason);

    [LoggerMessage(65, LogLevel.Information, "[{Idc}] Installer file {File} for {Sn}, {TaskId}: {Outcome}")]
    public static partial void InstallerFile(this ILogger logger, string idc, string sn, string file, string taskId, string outcome);

    [LoggerMessage(66, LogLevel.Information, "[{Idc}] Asset {Name} is here: {Bytes} bytes, digest checked")]
    public static partial void AssetFetched(this ILogger logger, string idc, string name, long bytes);

    [LoggerMessage(67, LogLevel.Warning, "[{Idc}] Asset {Name} is not here: {Reason}")]
    public static partial void AssetNotFetched(this ILogger logger, string idc, string name, string reason);

    [LoggerMessage(68, LogLevel.Error, "[{Idc}] Asset {Name} no longer has sha256 {Sha256} and was removed; look at the disk")]
    public static partial void AssetBroken(this ILogger logger, string idc, string name, string sha256);

    [LoggerMessage(69, LogLevel.Warning, "Assets are looked after later: {Reason}")]
    public static partial void AssetsDelayed(this ILogger logger, string reason);
}
