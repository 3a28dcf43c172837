using System.Collections.Frozen;
using System.Globalization;
using static LpmOs.Core.Domain.Boots.BootEventNames;

namespace LpmOs.Core.Domain.Boots;

/// <summary>Events in words, in the two languages of the page.</summary>
public static class BootEventTexts
{
    public static string English(BootEvent happened) => Text(happened, static texts => texts.English);

    public static string Chinese(BootEvent happened) => Text(happened, static texts => texts.Chinese);

    private static string Text(BootEvent e, Func<(string English, string Chinese), string> language)
    {
        var text = All.TryGetValue(e.Event, out var texts) ? language(texts) : e.Event;
        var words = new List<string> { e.Program is { } program && e.Source == Dhcp ? $"{text} ({program})" : text };
        foreach (var fact in new[] { e.Script, e.Operation, e.Server, e.Address, e.File, e.Bytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes} B") : null })
            if (fact is not null)
                words.Add(fact);
        return string.Join(' ', words) + (e.Reason is { } reason ? ": " + reason : "") + (e.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" ×{e.Count}") : "");
    }

    private static readonly FrozenDictionary<string, (string English, string Chinese)> All = new Dictionary<string, (string, string)>
    {
        [DhcpDiscover] = ("DHCP discover", "DHCP 发现"),
        [DhcpOffer] = ("DHCP offer", "DHCP 提供"),
        [DhcpRequest] = ("DHCP request", "DHCP 请求"),
        [DhcpOtherServer] = ("DHCP: took another server's offer", "DHCP：接受了另一台服务器的地址"),
        [DhcpAck] = ("DHCP ack", "DHCP 确认"),
        [DhcpNak] = ("DHCP refused", "DHCP 拒绝"),
        [DhcpDecline] = ("DHCP: address declined, somebody else uses it", "DHCP：地址被占用，机器拒绝使用"),
        [DhcpUnanswered] = ("DHCP: not answered", "DHCP：未应答"),
        [ProxyOffer] = ("proxyDHCP offer", "proxyDHCP 提供"),
        [ProxyRequest] = ("proxyDHCP request (port 4011)", "proxyDHCP 请求（4011 端口）"),
        [ProxyAck] = ("proxyDHCP answer (port 4011)", "proxyDHCP 应答（4011 端口）"),
        [TftpDone] = ("TFTP sent", "TFTP 已发送"),
        [TftpSize] = ("TFTP size asked", "TFTP 查询大小"),
        [TftpAborted] = ("TFTP aborted by the machine", "TFTP 被机器中止"),
        [TftpSilent] = ("TFTP: the machine fell silent", "TFTP：机器不再应答"),
        [TftpRefused] = ("TFTP refused", "TFTP 拒绝"),
        [FileRunning] = ("still being sent", "仍在发送"),
        [HttpProgram] = ("HTTP boot program", "HTTP 引导程序"),
        [EntryScript] = ("first script", "入口脚本"),
        [MachineScript] = ("script", "脚本"),
        [HttpKernel] = ("HTTP kernel", "HTTP 内核"),
        [HttpInitrd] = ("HTTP initrd", "HTTP initramfs"),
        [HttpFile] = ("HTTP file", "HTTP 文件"),
        [AgentReport] = ("agent reported its hardware", "代理已上报硬件"),
        [AgentOperation] = ("agent was given", "交给代理"),
        [AgentResult] = ("agent ended", "代理完成"),
        [InstallerReport] = ("installer", "安装程序"),
        [BootEventNames.FirstBoot] = ("the installed system called", "新系统已回报"),
    }.ToFrozenDictionary();
}
