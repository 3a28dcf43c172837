namespace LpmOs.Cli.Texts;

/// <summary>What the program says.</summary>
internal sealed partial class Words
{
    public string Error => Of("Error", "错误");
    public string SeeHelp(string command) => Of($"See: {command} --help", $"用法见：{command} --help");
    public string Interrupted => Of("Interrupted.", "已中断。");
    public string NoTasks => Of("No tasks.", "没有任务。");
    public string NoMachines => Of("No machines.", "没有机器。");
    public string NoIdcs => Of("No IDCs yet.", "还没有机房。");
    public string NoEntries => Of("No entries.", "没有记录。");
    public string NoActiveTasks => Of("No task is active: nothing to watch.", "没有进行中的任务可以关注。");
    public string DhcpServerNotAllowed(string value) => Of($"'{value}' is not allowed; allowed: dnsmasq, dhcpd, kea, windows.", $"'{value}' 不合法；应为 dnsmasq、dhcpd、kea 或 windows。");
    public string BootUrlNotAllowed(string value) => Of($"The boot URL '{value}' is not allowed; allowed: http://address:port as machines reach it (--boot-url).", $"启动 URL '{value}' 不合法；应为机器可访问的 http://地址:端口（--boot-url）。");
    public string TftpNotAllowed(string value) => Of($"'{value}' is no IPv4 address, and firmware needs one for TFTP: give it with --tftp.", $"'{value}' 不是 IPv4 地址，而固件的 TFTP 需要它：请用 --tftp 指定。");
    public string NoBootAddress => Of("No boot service is in contact whose address could be taken: give it with --boot-url.", "没有在线的启动服务可供取地址：请用 --boot-url 指定。");
    public string NoBoots => Of("No boot is on record.", "没有启动记录。");
    public string ShellConnecting(string machine, string until) => Of($"Waiting for the agent of {machine}; the session ends at {until} at the latest.", $"正在等待 {machine} 的代理；会话最迟于 {until} 结束。");
    public string ShellEscape => Of("Enter, then ~. leaves.", "按回车后输入 ~. 离开。");
    public string ShellLeft => Of("You left; the session is over.", "已离开，会话结束。");
    public string ShellEnded(string reason) => Of($"The session is over: {reason}", $"会话结束：{reason}");
    public string ShellConnectionLost => Of("the connection was lost", "连接中断");
    public string OmittedEvents(int count) => Of($"({count} events in the middle were not kept)", $"（中间有 {count} 条事件未保留）");
    public string DryRun => Of("dry run: no disk is touched", "演练：不写任何磁盘");
    public string FirstBoot => Of("waits for the new system's call", "等待新系统回报");

    public string More(int shown, int total, string cursor) => Of($"{shown} of {total}. The next page: --cursor {cursor} (or --all).", $"显示 {shown} / {total} 条。下一页：--cursor {cursor}（或 --all）。");
    public string Moved(string taskId, string status) => Of($"{taskId} is {status} now.", $"{taskId} 现在是 {status}。");
    public string Created(string taskId, string status) => Of($"{taskId} is created and {status}.", $"已创建 {taskId}，状态 {status}。");
    public string ApproveNext(string machine) => Of($"Look at its plan:  lpmosctl tasks plan {machine}\nApprove it:        lpmosctl tasks approve {machine}", $"查看计划：lpmosctl tasks plan {machine}\n审批：    lpmosctl tasks approve {machine}");
    public string NoPlan => Of("There is no plan yet:", "还没有安装计划：");
    public string PlanFixed => Of("This plan is fixed by the approval.", "该计划已由审批固定。");
    public string PlanPreview => Of("Computed now; an approval fixes it.", "按当前硬件与镜像计算；审批后固定。");
    public string Ended(int completed, int others) => Of($"{completed} completed, {others} ended otherwise.", $"{completed} 台完成，{others} 台以其他状态结束。");
    public string Reconnecting(string reason) => Of($"The connection was lost ({reason}); trying again…", $"连接中断（{reason}），正在重试……");
    public string NothingDecided(int count) => Of($"{count} tasks; nothing was done. To do it: --expect {count}", $"共 {count} 个任务；未做任何操作。要执行请加：--expect {count}");
    public string Linted(int templates, int rendered, int faults) => Of($"{templates} templates, {rendered} renderings, {faults} faults.", $"{templates} 个模板，{rendered} 次渲染，{faults} 处错误。");
    public string AssetAsked(string name) => Of($"{name} is asked for; lpmosctl assets list tells when it is there.", $"已请求 {name}；用 lpmosctl assets list 查看是否就绪。");
    public string AssetNoDigest => Of("Give one of: --published, which takes the digest from the vendor's own list; --sha256 DIGEST, as the vendor publishes it; --trust-first, which fetches the file here once and holds to the digest that it has now.", "请给出其一：--published（取自厂商公布的清单）、--sha256 摘要（厂商公布的）、--trust-first（先在本机下载一次并以其当前摘要为准）。");
    public string AssetNoSums(string name) => Of($"The catalogue knows no list of digests of the vendor for {name}: give the list's URL (--published URL), or --sha256 DIGEST.", $"目录中没有 {name} 的厂商摘要清单：请给出清单地址（--published 地址），或 --sha256 摘要。");
    public string AssetNotInSums(string url, string wanted, string there) => Of($"{url} has no digest of {wanted}. It has: {there}.", $"{url} 中没有 {wanted} 的摘要。其中有：{there}。");
    public string AssetSeveralInSums(string url, string wanted, string there) => Of($"{url} has several that {wanted} fits: {there}. Give the URL of the one that is meant.", $"{url} 中有多个与 {wanted} 相符：{there}。请给出所需文件的地址。");
    public string AssetBadSums(string url, string where) => Of($"{url} is no list of digests: {where} is not as it must be (stream metadata: a location, http or https, with a sha256 of 64 hexadecimal digits). Nothing was taken from it.", $"{url} 不是摘要清单：{where} 不合要求（stream 元数据：http 或 https 的 location 及 64 位十六进制的 sha256）。未采用其中任何内容。");
    public string AssetPattern(string url) => Of($"{url} stands for whatever release is current ('*'), and the vendor's list says which that is: use --published, or give the URL of one file.", $"{url} 代表当前版本（“*”），由厂商清单给出具体文件：请用 --published，或给出某个文件的地址。");
    public string AssetNotPublished(string found, string url) => Of($"The file has {found}, which {url} does not list. Nothing was sent.", $"文件的摘要是 {found}，不在 {url} 中。未发送任何内容。");
    public string AssetPublishedDigest(string url, string algorithm, string digest) => Of($"{url} says {algorithm} {digest}.", $"{url} 公布的 {algorithm} 是 {digest}。");
    public string AssetWeakSums(string url, string wanted, string algorithm) => Of($"{url} has only {algorithm} of {wanted}, which others can forge: it proves nothing. Take a list with SHA-256, SHA-384 or SHA-512 (--published URL), import the file from an image that such a list names, or give --sha256 DIGEST.", $"{url} 中 {wanted} 只有 {algorithm} 摘要，可被伪造，不足为凭。请改用含 SHA-256、SHA-384 或 SHA-512 的清单（--published 地址），从此类清单所列的镜像中导入该文件，或给出 --sha256 摘要。");
    public string AssetOtherThanPublished(string url, string algorithm, string found, string list, string published) => Of($"{url} has {algorithm} {found}, and {list} says {published}: it is another file, or a new release came between the two. Nothing was asked for.", $"{url} 的 {algorithm} 是 {found}，而 {list} 公布的是 {published}：不是同一个文件，或其间发布了新版本。未请求任何内容。");
    public string AssetNoSource(string name) => Of($"The catalogue has no address for {name} alone: give the URL, or bring it with lpmosctl assets import.", $"目录中没有 {name} 的单独地址：请给出 URL，或用 lpmosctl assets import 送入。");
    public string AssetNotFetched(string url, string why) => Of($"{url} could not be fetched here: {why}", $"本机无法下载 {url}：{why}");
    public string AssetTrusted(string url, string digest) => Of($"{url} has sha256 {digest} now; other bytes are refused from here on.", $"{url} 当前的 sha256 是 {digest}；此后拒绝其他内容。");
    public string AssetImported(string name, string digest) => Of($"{name} is there, sha256 {digest}.", $"{name} 已就绪，sha256 {digest}。");
    public string AssetOther(string found, string expected) => Of($"The file has sha256 {found}, not {expected}. Nothing was sent.", $"文件的 sha256 是 {found}，不是 {expected}。未发送任何内容。");
    public string NoBootService(string idc) => Of($"{idc} has no boot service in contact; start one, or name it with --boot URL.", $"{idc} 没有在线的引导服务；请启动一个，或用 --boot URL 指定。");
    public string NoMember(string member) => Of($"it holds no file {member}", $"其中没有文件 {member}");
    public string SuccessRate(double rate, int succeeded, int failed) => Of($"Success rate {rate:P0} ({succeeded} completed, {failed} failed).", $"成功率 {rate:P0}（完成 {succeeded}，失败 {failed}）。");
    public string Imported(int good, int bad, bool dryRun) => dryRun
        ? Of($"{good} rows would be accepted, {bad} refused. Nothing was created.", $"{good} 行可以创建，{bad} 行不行。未创建任何任务。")
        : Of($"{good} rows created, {bad} refused.", $"已创建 {good} 行，{bad} 行被拒绝。");

    public string Unreachable(Uri server, string reason) => Of(
        $"{server} does not answer: {reason}.\nNothing can be said about the task; nothing more was sent.\nCheck that the tasks service runs and that the address is right (--server, LPMOS_SERVER or the config file).",
        $"{server} 没有应答：{reason}。\n无法得知任务状态，也没有再发送任何请求。\n请确认 tasks 服务在运行且地址正确（--server、LPMOS_SERVER 或配置文件）。");
    public string NotLpmOs(Uri server) => Of(
        $"What answers at {server} is not a tasks service of LpmOs that this program understands.\nCheck the address (--server, LPMOS_SERVER), a proxy on the way, and that both have about the same version.",
        $"{server} 的应答不是本程序认识的 LpmOs tasks 服务。\n请检查地址（--server、LPMOS_SERVER）、中间的代理，以及两者版本是否相近。");
    public string NotAllowed => Of("The token in LPMOS_TOKEN or the config file is missing, wrong, expired, or does not allow this.", "LPMOS_TOKEN 或配置文件中的令牌缺失、错误、过期或无权执行此操作。");
    public string TryLater => Of("Nothing was changed. Try again in a few seconds.", "未做任何更改。请过几秒再试。");
    public string Gap => Of("The service no longer keeps the events after that revision: read the lists again, and go on from the revision that they carry.", "服务已不再保留该版本之后的事件：请重新读取列表，再从列表给出的版本继续。");
    public string TooNew(string what) => Of($"This service has no {what}: it is older than this program.", $"该服务没有 {what}：服务版本比本程序旧。");
    public string AuthoritiesNotAllowed(string file, string reason) => Of($"The authorities' file '{file}' (--ca, LPMOS_CA) cannot be used; allowed: a PEM file of certificates ({reason}).", $"CA 文件 '{file}'（--ca、LPMOS_CA）无法使用；应为证书 PEM 文件（{reason}）。");
    public string Untrusted(Uri server, string reason) => Of($"The certificate of {server} is not trusted: {reason}\nWhere your site has an authority of its own, name its file: --ca FILE or LPMOS_CA.", $"{server} 的证书不受信任：{reason}\n若站点使用自建 CA，请指定其文件：--ca 文件 或 LPMOS_CA。");
    public string ServerNotAllowed(string value) => Of($"The server '{value}' is not allowed; allowed: http://host:port or https://host:port.", $"服务地址 '{value}' 不合法；应为 http://主机:端口 或 https://主机:端口。");
    public string TokenNotAllowed => Of("The token holds characters that cannot be sent; allowed: visible ASCII characters without spaces.", "令牌含有无法发送的字符；只允许可见 ASCII 字符，不含空格。");
    public string KeyNotAllowed => Of("The idempotency key holds characters that cannot be sent; allowed: visible ASCII characters and spaces.", "幂等键含有无法发送的字符；只允许可见 ASCII 字符和空格。");
    public string TokenReadable(string path) => Of($"Warning: other users can read the token in {path}. Run: chmod 600 {path}", $"警告：其他用户可以读取 {path} 中的令牌。请执行：chmod 600 {path}");
    public string ConfigUnreadable(string path, string reason) => Of($"The config file {path} cannot be read: {reason}. Correct it or move it away.", $"无法读取配置文件 {path}：{reason}。请修正或移走它。");
    public string ConfigKey(string path, string key, string allowed) => Of($"The config file {path} has '{key}', which is not allowed; allowed are the keys {allowed}, each with one text.", $"配置文件 {path} 中的 '{key}' 不合法；允许的键：{allowed}，每个键一个文本值。");
    public string OutputNotAllowed(string value) => Of($"The output '{value}' is not allowed; allowed: table, json, yaml, csv.", $"输出格式 '{value}' 不合法；允许：table、json、yaml、csv。");
    public string MachineNotAllowed(string value) => Of($"'{value}' does not name a machine; allowed: IDC/SN, a task id such as task-0a1b2c3d, or SN alone with LPMOS_IDC or 'idc' in the config file.", $"'{value}' 无法确定一台机器；应为 机房/SN、任务号（如 task-0a1b2c3d），或在设置 LPMOS_IDC 或配置文件 idc 后只写 SN。");
    public string NoSuchTask(string id) => Of($"There is no task {id} among the present ones.", $"当前没有任务 {id}。");
    public string FileUnreadable(string path, string reason) => Of($"The file {path} cannot be read: {reason}", $"无法读取文件 {path}：{reason}");
    public string NotJson(string path, string reason) => Of($"{path} does not hold this as JSON: {reason}", $"{path} 不是所需的 JSON：{reason}");
    public string OneLayer => Of("Only one of --idc, --tag and --machine can be given.", "--idc、--tag、--machine 只能给出一个。");
    public string NotATaskFile(string path, string reason) => Of($"{path} does not hold one task as JSON: {reason}", $"{path} 不是一个 JSON 任务：{reason}");
    public string Missing(string options) => Of($"Required: {options} (or --file).", $"必须给出：{options}（或 --file）。");
}
