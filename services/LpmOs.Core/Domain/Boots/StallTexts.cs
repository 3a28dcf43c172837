using System.Collections.Frozen;
using static LpmOs.Core.Domain.Boots.StallCodes;

namespace LpmOs.Core.Domain.Boots;

/// <summary>What a stall is, what it means and what to do, in one language.</summary>
public sealed record StallText
{
    /// <summary>What was seen, in one sentence.</summary>
    public required string Title { get; init; }
    /// <summary>What that means.</summary>
    public required string Meaning { get; init; }
    /// <summary>What to do.</summary>
    public required string Advice { get; init; }

    internal StallText With(BootSigns signs) => new() { Title = Fill(Title, signs), Meaning = Fill(Meaning, signs), Advice = Fill(Advice, signs) };

    private static string Fill(string text, BootSigns signs) => text
        .Replace("{file}", signs.MissingFile ?? signs.Last.File ?? signs.Program ?? "?", StringComparison.Ordinal)
        .Replace("{program}", signs.Program ?? "?", StringComparison.Ordinal)
        .Replace("{server}", signs.OtherServer ?? "?", StringComparison.Ordinal)
        .Replace("{address}", signs.Address ?? "?", StringComparison.Ordinal)
        .Replace("{architecture}", signs.Architecture?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?", StringComparison.Ordinal);
}

/// <summary>All texts about stalls, in the two languages of the page. In braces: <c>file, program, server, address, architecture</c>.</summary>
public static class StallTexts
{
    public static StallText English(string code, BootSigns signs) => Text(code).English.With(signs);

    public static StallText Chinese(string code, BootSigns signs) => Text(code).Chinese.With(signs);

    public static IEnumerable<string> Codes => All.Keys;

    private static (StallText English, StallText Chinese) Text(string code) => All.TryGetValue(code, out var texts) ? texts : (Of(code, "", ""), Of(code, "", ""));

    private static StallText Of(string title, string meaning, string advice) => new() { Title = title, Meaning = meaning, Advice = advice };

    private static readonly FrozenDictionary<string, (StallText English, StallText Chinese)> All = new Dictionary<string, (StallText, StallText)>
    {
        [NoBootProgram] = (
            Of("The firmware asked by DHCP and got no answer of ours (architecture {architecture}).", "There is no free address, or no boot program for this kind of processor and way of booting.",
                "See the reason at the event. Enlarge Boot:Dhcp:Range, or put the boot program for this architecture under Boot:FilesPath/ipxe."),
            Of("固件发出 DHCP 请求，但本服务没有应答（架构 {architecture}）。", "没有空闲地址，或没有适合该处理器架构和启动方式的引导程序。", "查看该事件中的原因：扩大 Boot:Dhcp:Range，或在 Boot:FilesPath/ipxe 下放入该架构的引导程序。")),
        [OfferIgnored] = (
            Of("Our DHCP offer was never taken.", "The offer does not reach the machine, or the firmware did not like it: another VLAN, a relay that drops answers, a switch that blocks DHCP servers (DHCP snooping), spanning tree that holds the port closed.",
                "Check the VLAN of the port and the relay's address, trust the boot service's port in DHCP snooping, set the machine's port to edge/portfast."),
            Of("机器一直没有接受本服务的 DHCP 应答。", "应答没有到达机器，或固件不接受：VLAN 不同、中继丢弃应答、交换机 DHCP snooping 拦截、端口生成树未放行。", "检查端口 VLAN 与中继地址，在 DHCP snooping 中信任启动服务端口，并把机器端口设为 edge/portfast。")),
        [OtherServerChosen] = (
            Of("The machine took the address of another DHCP server, {server}.", "Two DHCP servers answer on this network and the other one was faster; it tells the machine to boot something else, or nothing.",
                "Switch the other server off, or run this one in mode proxy beside it (Boot:Dhcp:Mode=proxy), or use the snippets of lpmosctl dhcp snippet there."),
            Of("机器接受了另一台 DHCP 服务器 {server} 的地址。", "该网络上有两台 DHCP 服务器，另一台更快；它让机器启动别的内容或什么也不启动。", "关闭另一台服务器，或将本服务设为 proxy 模式与其并存（Boot:Dhcp:Mode=proxy），或在那台服务器上使用 lpmosctl dhcp snippet 的配置。")),
        [ProxyAlone] = (
            Of("The firmware got our boot offer but no address.", "In mode proxy addresses come from the network's own DHCP server, and that one does not answer this machine.",
                "Check that DHCP server and its free addresses, the VLAN and the relay; or let this service give addresses (Boot:Dhcp:Mode=full)."),
            Of("固件收到启动应答，但没有得到地址。", "proxy 模式下地址由网络自身的 DHCP 服务器分配，而它没有应答这台机器。", "检查那台 DHCP 服务器及其空闲地址、VLAN 和中继；或由本服务分配地址（Boot:Dhcp:Mode=full）。")),
        [FileNotAsked] = (
            Of("The firmware has an address and never asked for its boot file.", "TFTP (UDP 69) or HTTP does not reach the boot service, or the firmware follows another server's boot file.",
                "Open UDP 69 and the transfer ports above 1023 on the way, check next-server and boot file name (options 66 and 67) of the DHCP server, look at the console for PXE-E32 or PXE-E18."),
            Of("固件已得到地址，但从未请求启动文件。", "TFTP（UDP 69）或 HTTP 到不了启动服务，或固件使用了另一台服务器给出的启动文件。", "放行途中的 UDP 69 及 1023 以上的传输端口，检查 DHCP 服务器的 next-server 与启动文件（选项 66、67），查看控制台是否有 PXE-E32 或 PXE-E18。")),
        [ProgramMissing] = (
            Of("The firmware asked for {file}, which is not there.", "The boot program is not under Boot:FilesPath, or a foreign DHCP server names another file.",
                "Put it under Boot:FilesPath/ipxe (make boot-image does), or correct the boot file name in the DHCP server."),
            Of("固件请求的 {file} 不存在。", "Boot:FilesPath 下没有该引导程序，或其他 DHCP 服务器给出了别的文件名。", "将文件放入 Boot:FilesPath/ipxe（make boot-image 会生成），或更正 DHCP 服务器中的启动文件名。")),
        [TransferBroken] = (
            Of("The transfer of {file} broke off again and again.", "Packets are lost on the way: blocks larger than the path's MTU, a firewall that does not know TFTP's ports, a bad cable or duplex mismatch.",
                "Set Boot:Tftp:MaxBlockSize to 1024 or 512, let the transfer ports through the firewall, look at the switch port's error counters."),
            Of("{file} 的传输反复中断。", "途中丢包：数据块超过路径 MTU、防火墙不认识 TFTP 传输端口、网线故障或双工不匹配。", "将 Boot:Tftp:MaxBlockSize 设为 1024 或 512，在防火墙放行传输端口，查看交换机端口错误计数。")),
        [ProgramLoop] = (
            Of("The machine fetches {program} again and again.", "iPXE is told to load iPXE: some DHCP server gives the boot program without telling iPXE (option 77 or 175) from firmware.",
                "Make the DHCP server's boot file depend on the user class iPXE: lpmosctl dhcp snippet prints it for the usual servers."),
            Of("机器反复获取 {program}。", "iPXE 又被要求加载 iPXE：某台 DHCP 服务器没有区分 iPXE（选项 77 或 175）与固件。", "让 DHCP 服务器按 user class iPXE 给出不同的启动文件：lpmosctl dhcp snippet 会打印常用服务器的配置。")),
        [GrubAsksElsewhere] = (
            Of("GRUB ({program}) was fetched and never asked us for its files.", "Beside another DHCP server GRUB does not know of us: it asks the server that the address came from, or the one that is named there as next-server.",
                "In the network's own DHCP server set next-server (siaddr) to the boot service's address: dhcp-boot=,,ADDRESS for dnsmasq, next-server ADDRESS; for ISC dhcpd and Kea; or let this service give addresses (Boot:Dhcp:Mode=full)."),
            Of("GRUB（{program}）已获取，但没有向本服务请求它的文件。", "在另一台 DHCP 服务器旁边，GRUB 不知道本服务：它向给出地址的服务器，或那里以 next-server 指定的服务器请求文件。",
                "在网络自身的 DHCP 服务器上把 next-server（siaddr）设为启动服务的地址：dnsmasq 用 dhcp-boot=,,地址，ISC dhcpd 与 Kea 用 next-server 地址；或由本服务分配地址（Boot:Dhcp:Mode=full）。")),
        [EfiProgramSilent] = (
            Of("The firmware fetched {program} and never asked again.", "Probably Secure Boot refuses the program, or the program has no driver for this network card.",
                "Try snponly.efi, which uses the firmware's own driver; with Secure Boot on, boot by shim and signed GRUB, or switch Secure Boot off; look at the console for Access Denied."),
            Of("固件获取 {program} 后再无请求。", "很可能是 Secure Boot 拒绝该程序，或程序没有该网卡的驱动。", "尝试使用固件自带驱动的 snponly.efi；开启 Secure Boot 时使用 shim 与已签名的 GRUB 启动，或关闭 Secure Boot；查看控制台是否有 Access Denied。")),
        [BiosProgramSilent] = (
            Of("The firmware fetched {program} and never asked again.", "The boot program hangs in the card's own PXE driver (UNDI), or the link goes down when it takes the card over.",
                "Try ipxe.pxe, which brings its own drivers, instead of undionly.kpxe; update the network card's firmware; set the switch port to edge/portfast."),
            Of("固件获取 {program} 后再无请求。", "引导程序卡在网卡自带的 PXE 驱动（UNDI）中，或接管网卡时链路中断。", "用自带驱动的 ipxe.pxe 代替 undionly.kpxe；升级网卡固件；将交换机端口设为 edge/portfast。")),
        [IpxeNoAddress] = (
            Of("iPXE runs but gets no address.", "The link was down for seconds after iPXE took the card over, or offers to iPXE do not arrive.",
                "Set the switch port to edge/portfast; look at the console; check for a second DHCP server."),
            Of("iPXE 已运行，但没有得到地址。", "iPXE 接管网卡后链路中断了数秒，或给 iPXE 的应答没有到达。", "将交换机端口设为 edge/portfast；查看控制台；检查是否有第二台 DHCP 服务器。")),
        [IpxeWithoutHttps] = (
            Of("This iPXE cannot speak HTTPS, and the boot service listens by https alone.", "iPXE tells in its DHCP request (option 175) what it was built with; Debian's was built without HTTPS.",
                "Let the boot service listen by http:// as well (Boot:Urls), or give machines an iPXE that was built with HTTPS and your authority: docs/security.md, iPXE by HTTPS."),
            Of("该 iPXE 不支持 HTTPS，而启动服务只通过 https 监听。", "iPXE 在 DHCP 请求的选项 175 中说明自己的功能；Debian 的 iPXE 编译时没有 HTTPS。",
                "让启动服务同时监听 http://（Boot:Urls），或使用编译了 HTTPS 和本站点 CA 的 iPXE：见 docs/security.md 的 iPXE by HTTPS。")),
        [IpxeHttpsRefused] = (
            Of("iPXE was told {file} and never asked for it.", "It does not trust the certificate there: it was built without your authority (CERT= and TRUST=), the certificate is not for this address, or the machine's clock is far off. Or TCP does not get through.",
                "Look at the console for the error. Build iPXE with CERT=ca.pem TRUST=ca.pem, or set Boot:IpxeHttps=false for a script by http; let the certificate name the boot service's address; set the machine's clock."),
            Of("已让 iPXE 获取 {file}，但它从未请求。", "它不信任那里的证书：编译时没有加入本站点 CA（CERT= 与 TRUST=）、证书不包含该地址，或机器时钟偏差很大；也可能是 TCP 不通。",
                "查看控制台上的错误。用 CERT=ca.pem TRUST=ca.pem 编译 iPXE，或设置 Boot:IpxeHttps=false 改用 http 脚本；证书应包含启动服务的地址；校准机器时钟。")),
        [ScriptNotAsked] = (
            Of("iPXE has an address and asked for no script.", "It cannot reach the boot service by HTTP, or another DHCP server names another file for iPXE.",
                "Check Boot:PublicUrl as seen from the machine's network, TCP 8082 in the firewall, the router of that network; look at the console for the URL that iPXE tries."),
            Of("iPXE 已有地址，但没有请求脚本。", "它无法通过 HTTP 访问启动服务，或另一台 DHCP 服务器给 iPXE 指定了别的文件。", "从机器所在网络检查 Boot:PublicUrl、防火墙 TCP 8082、该网络的网关；在控制台查看 iPXE 尝试的 URL。")),
        [MachineScriptNotAsked] = (
            Of("iPXE has the first script but not the machine's own.", "The boot service cannot answer yet (it has not read its store), or Boot:PublicUrl leads elsewhere than the first script came from.",
                "Look at /readyz and the log of the boot service, and at the URL on the console."),
            Of("iPXE 取得了入口脚本，但没有取得本机脚本。", "启动服务暂时无法回答（尚未读取存储），或 Boot:PublicUrl 指向了别处。", "查看启动服务的 /readyz 与日志，以及控制台上的 URL。")),
        [BootImageMissing] = (
            Of("{file} is not there.", "The boot image has not been built, or is not under Boot:FilesPath.", "Run make boot-image, or copy boot/vmlinuz and boot/initramfs to Boot:FilesPath."),
            Of("{file} 不存在。", "启动镜像尚未构建，或不在 Boot:FilesPath 下。", "运行 make boot-image，或将 boot/vmlinuz 与 boot/initramfs 复制到 Boot:FilesPath。")),
        [KernelNotFetched] = (
            Of("The machine has its script and fetched no kernel.", "iPXE cannot load the kernel: too little memory, a kernel that it cannot start, or a URL that it cannot reach.",
                "Look at the console; check Boot:PublicUrl and the boot files."),
            Of("机器已取得脚本，但没有获取内核。", "iPXE 无法加载内核：内存不足、内核不受支持，或 URL 不可达。", "查看控制台；检查 Boot:PublicUrl 与启动文件。")),
        [InitrdNotFetched] = (
            Of("The kernel was fetched, the initial file system was not.", "The machine has too little memory for it, or the transfer does not end.",
                "The boot image needs 1 GB of memory; look at the console and at the network's error counters."),
            Of("已获取内核，但没有获取 initramfs。", "机器内存不足，或传输没有完成。", "启动镜像需要 1 GB 内存；查看控制台和网络错误计数。")),
        [KernelSilent] = (
            Of("The agent's image was loaded and never reported.", "The kernel does not start, or has no driver for this network card, or the machine has too little memory (RAM).",
                "Look at the console. If the card is not found, add its driver and firmware to the boot image; the image needs 1 GB of memory."),
            Of("代理镜像已加载，但一直没有上报。", "内核没有启动、没有该网卡的驱动，或内存不足。", "查看控制台。若找不到网卡，把驱动和固件加入启动镜像；镜像需要 1 GB 内存。")),
        [AgentUnreachable] = (
            Of("The agent's image has an address and does not report.", "The agent cannot reach the regional service.",
                "Check Regional:PublicUrl as seen from the machine's network, TCP 8081 in the firewall, the router; look at the console, where the agent says whom it calls."),
            Of("代理镜像已有地址，但没有上报。", "代理无法访问机房服务。", "从机器所在网络检查 Regional:PublicUrl、防火墙 TCP 8081 和网关；控制台会显示代理访问的地址。")),
        [AgentGone] = (
            Of("The agent reported and then fell silent.", "The machine was switched off or restarted, lost its network, or hangs.",
                "Look at its power, cable and console. It boots into the agent again when it is switched on."),
            Of("代理上报后失去联系。", "机器被关机或重启、网络中断，或死机。", "检查电源、网线和控制台。重新开机后会再次进入代理。")),
        [InstallerSilent] = (
            Of("The system's own installer was started and has not reported.", "Its kernel does not start or has no driver for disk or network card, it cannot reach the boot or the regional service, or it stands at a question.",
                "Look at the console. If the machine hangs after the agent's hand-over, set kexec: false for it in templates/firmware.yaml; else check mirror, variables and templates of the task."),
            Of("系统自带的安装程序已启动，但一直没有上报。", "其内核没有启动、缺少磁盘或网卡驱动、无法访问启动服务或机房服务，或停在某个提问处。",
                "查看控制台。若机器在代理交接后死机，在 templates/firmware.yaml 中为其设置 kexec: false；否则检查任务的镜像源、变量和模板。")),
        [NoFirstBoot] = (
            Of("The machine was sent to its disk, and the new system has not called.", "The firmware does not boot the disk (boot order, boot mode), or the new system has no network or cannot reach the regional service.",
                "Look at the console: does the new system start at all? Check boot order and BIOS/UEFI mode, the system's network settings and Regional:PublicUrl."),
            Of("已让机器从磁盘启动，但新系统没有回报。", "固件没有从磁盘启动（启动顺序、启动模式），或新系统没有网络、无法访问机房服务。", "查看控制台：新系统是否启动？检查启动顺序与 BIOS/UEFI 模式、系统网络设置和 Regional:PublicUrl。")),
        [BootLoop] = (
            Of("The machine boots again and again and never comes to the agent.", "Each boot ends before the agent reports; see the former boots for where.",
                "Look at the console during one boot; compare the former boots."),
            Of("机器反复重启，始终没有进入代理。", "每次启动都在代理上报之前结束；在之前的启动记录中可以看到停在哪里。", "观察一次启动的控制台；对比之前的启动记录。")),
    }.ToFrozenDictionary();
}
