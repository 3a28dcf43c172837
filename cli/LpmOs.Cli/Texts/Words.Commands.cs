namespace LpmOs.Cli.Texts;

/// <summary>Descriptions of commands, arguments and options, and headings of tables.</summary>
internal sealed partial class Words
{
    public string Root => Of(
        "lpmosctl: install operating systems on physical servers with LpmOs.\n\nThe service: --server, LPMOS_SERVER, or 'server' in ~/.config/lpmos/config.yaml. The token: LPMOS_TOKEN or 'token' in that file.\nExit codes: 0 done, 1 refused or failed, 2 wrong use, 3 not found, 4 conflict, 5 no answer, 6 not allowed, 130 interrupted.",
        "lpmosctl：用 LpmOs 为物理服务器安装操作系统。\n\n服务地址：--server、LPMOS_SERVER 或 ~/.config/lpmos/config.yaml 中的 server。令牌：LPMOS_TOKEN 或该文件中的 token。\n退出码：0 成功，1 被拒绝或失败，2 用法错误，3 不存在，4 冲突，5 无应答，6 无权限，130 中断。");
    public string ServerOption => Of("Address of the tasks service.", "tasks 服务地址。");
    public string OutputOption => Of("table (for people), json, yaml or csv.", "table（给人看）、json、yaml 或 csv。");
    public string MachineArgument => Of("IDC/SN, or a task id.", "机房/SN，或任务号。");

    public string Tasks => Of("Installation tasks.", "装机任务。");
    public string TasksCreate => Of("Create a task.", "创建任务。");
    public string TasksList => Of("List tasks.", "列出任务。");
    public string TasksShow => Of("One task with its progress.", "查看一个任务及其进度。");
    public string TasksPlan => Of("What will be done to the machine.", "查看将对机器执行的安装计划。");
    public string TasksApprove => Of("Approve: opens the way to the machine's disk.", "审批通过：允许写入机器的磁盘。");
    public string TasksReject => Of("Reject: the machine is left alone.", "审批拒绝：不动这台机器。");
    public string TasksCancel => Of("Cancel a task that is not over.", "取消未结束的任务。");
    public string TasksRetry => Of("Retry a failed task; it needs a new approval.", "重试失败的任务；需要重新审批。");
    public string TasksWatch => Of("Follow tasks until they are over: those named, or all active ones of the filters. Ends with 0 when all completed.", "实时关注任务直到结束：指定的任务，或符合条件的所有进行中任务。全部完成时退出码为 0。");
    public string TasksLogs => Of("The installation's log.", "查看装机日志。");
    public string TasksHistory => Of("Moves of the task, and former tasks of the machine.", "任务的状态变化与该机器以往的任务。");
    public string TasksImport => Of("Create many tasks from a CSV or JSON file ('-': standard input).", "从 CSV 或 JSON 文件批量创建任务（'-'：标准输入）。");
    public string Machines => Of("Machines and their hardware.", "机器及其硬件。");
    public string MachinesList => Of("List machines.", "列出机器。");
    public string MachinesShow => Of("One machine with its hardware.", "查看一台机器及其硬件。");
    public string MachinesUnmatched => Of("Reported hardware that no task asks for yet.", "已上报但还没有任务的硬件。");
    public string Stats => Of("Live counts.", "实时统计。");
    public string Idcs => Of("IDCs with their counts.", "机房及其统计。");
    public string Events => Of("Print live events, one JSON object a line, until Ctrl-C.", "持续打印实时事件，每行一个 JSON，按 Ctrl-C 结束。");
    public string Audit => Of("Who changed what.", "谁更改了什么。");
    public string Profiles => Of("Profiles: what to install and how.", "装机模板（profile）。");
    public string Completion => Of("Print the completion script of a shell. In bash: source <(lpmosctl completion bash)", "打印 shell 补全脚本。bash 中：source <(lpmosctl completion bash)");
    public string Shell => Of("bash or zsh.", "bash 或 zsh。");

    public string IdcOption => Of("Only this IDC.", "只看该机房。");
    public string IdcOfTask => Of("Datacentre of the machine.", "机器所在机房。");
    public string StatusOption => Of("Only these states, separated by commas.", "只看这些状态，用逗号分隔。");
    public string TagOption => Of("Only tasks with this tag.", "只看带该标签的任务。");
    public string TextOption => Of("Free text.", "全文搜索。");
    public string SortOption => Of("created_at, updated_at or sn; '-' in front: descending.", "created_at、updated_at 或 sn；前加 '-' 为降序。");
    public string LimitOption => Of("Rows of the page, 1 to 1000.", "每页行数，1 到 1000。");
    public string CursorOption => Of("Place of the next page.", "下一页的位置。");
    public string AllOption => Of("All pages.", "全部页。");
    public string OnlineOption => Of("true or false: only machines that are, or are not, in contact.", "true 或 false：只看在线或离线的机器。");
    public string SnOption => Of("Serial number.", "序列号。");
    public string MacOption => Of("MAC of the boot interface.", "启动网卡的 MAC。");
    public string OsOption => Of("System, for example 'Debian 12' or a catalogue id.", "操作系统，如 'Debian 12' 或目录编号。");
    public string OsVersionOption => Of("Its version.", "系统版本。");
    public string HostnameOption => Of("Host name of the new system.", "新系统的主机名。");
    public string ProfileOption => Of("Profile.", "装机模板。");
    public string TagsOption => Of("Tag; may be repeated.", "标签，可重复。");
    public string PackageOption => Of("Package to install; may be repeated.", "要安装的软件包，可重复。");
    public string SshKeyOption => Of("OpenSSH public key, or @FILE; may be repeated.", "OpenSSH 公钥或 @文件，可重复。");
    public string NotesOption => Of("Notes.", "备注。");
    public string ReasonOption => Of("Reason, for those who look later.", "原因，供以后查看。");
    public string PlanHashOption => Of("Approve only this plan (see tasks plan).", "只审批该计划（见 tasks plan）。");
    public string NotBeforeOption => Of("Do not begin before (ISO 8601).", "不早于该时间开始（ISO 8601）。");
    public string DeadlineOption => Of("Fails after (ISO 8601).", "超过该时间即失败（ISO 8601）。");
    public string PriorityOption => Of("Higher goes first.", "数值大的优先。");
    public string DiskSerialOption => Of("Serial number of the disk to install on.", "安装盘的序列号。");
    public string DiskWwnOption => Of("WWN of the disk.", "安装盘的 WWN。");
    public string DiskPreferOption => Of("smallest or largest of the disks that match.", "匹配的磁盘中取最小（smallest）或最大（largest）。");
    public string TaskFileOption => Of("The task as a JSON file ('-': standard input); options go before it.", "JSON 任务文件（'-'：标准输入）；选项优先。");
    public string FollowOption => Of("Go on until the task is over.", "持续输出直到任务结束。");
    public string SinceOption => Of("Begin after this revision.", "从该版本之后开始。");
    public string EventLimitOption => Of("End after so many events.", "输出这么多事件后结束。");
    public string AuditBy => Of("Only changes by this name.", "只看该操作者的更改。");
    public string AuditAction => Of("Only this action, for example task.approved; with a . at the end all that begin so.", "只看该操作，如 task.approved；以 . 结尾则匹配前缀。");
    public string AfterOption => Of("At or after this time (ISO 8601).", "该时间及之后（ISO 8601）。");
    public string BeforeOption => Of("Before this time (ISO 8601).", "该时间之前（ISO 8601）。");
    public string DryRunOption => Of("Check only; create nothing.", "只检查，不创建。");
    public string AtomicOption => Of("All rows or none.", "要么全部创建，要么都不创建。");
    public string KeyOption => Of("Idempotency key: the same file sent twice with it is created once.", "幂等键：带同一键重复提交只创建一次。");

    public string TemplateOption => Of("Print an example CSV file instead.", "改为打印示例 CSV 文件。");
    public string LineColumn => Of("LINE", "行");

    public string Machine => Of("MACHINE", "机器");
    public string State => Of("STATE", "状态");
    public string System => Of("SYSTEM", "系统");
    public string Step => Of("STEP", "步骤");
    public string Task => Of("TASK", "任务号");
    public string Updated => Of("UPDATED", "更新时间");
    public string CreatedAt => Of("CREATED", "创建时间");
    public string Approval => Of("APPROVAL", "审批");
    public string Message => Of("MESSAGE", "信息");
    public string Failure => Of("FAILURE", "失败原因");
    public string Advice => Of("WHAT TO DO", "建议");
    public string Attempt => Of("ATTEMPT", "第几次");
    public string Tags => Of("TAGS", "标签");
    public string Notes => Of("NOTES", "备注");
    public string Online => Of("ONLINE", "在线");
    public string LastSeen => Of("LAST SEEN", "最近上报");
    public string Model => Of("MODEL", "型号");
    public string Cpu => Of("CPU", "处理器");
    public string MemoryColumn => Of("MEMORY", "内存");
    public string Disks => Of("DISKS", "磁盘");
    public string Disk => Of("DISK", "磁盘");
    public string Network => Of("NETWORK", "网络");
    public string Image => Of("IMAGE", "镜像");
    public string Partitions => Of("PARTITIONS", "分区");
    public string Hash => Of("PLAN HASH", "计划哈希");
    public string Wiped => Of("WILL BE WIPED", "将被清空");
    public string Firmware => Of("FIRMWARE", "固件");
    public string When => Of("WHEN", "时间");
    public string Who => Of("WHO", "操作者");
    public string What => Of("WHAT", "操作");
    public string Why => Of("WHY", "原因");
    public string Progress => Of("PROGRESS", "进度");
    public string Yes => Of("yes", "是");
    public string No => Of("no", "否");
}
