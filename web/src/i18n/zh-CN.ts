import { views } from './views/zh-CN';
import code from './codes.zh-CN';
import forms from './forms.zh-CN';
import machine from './machine.zh-CN';

/** The first language of the page; English has exactly these keys. */
const messages = {
  code,
  ...forms,
  ...machine,
  ...views,
  title: 'LPMOS 装机管理平台',
  skip: '跳到正文',
  nav: { label: '主导航', access: '账号与权限', overview: '总览', tasks: '装机任务', machines: '服务器', idcs: '机房', profiles: '模板', webhooks: 'Webhook', audit: '审计', swagger: 'API 文档' },
  live: {
    back: '已恢复连接：离开 {time}，补上了 {n} 处变化。', connected: '已连接', disconnected: '未连接', polling: '已连接（轮询）', connecting: '连接中…',
    lostSince: '自 {time} 起与管理服务失去联系，正在自动重连。显示的是断开前的数据；恢复后会自动补齐。', retry: '立即重试',
  },
  preferences: { label: '界面设置', language: '语言', theme: '主题', system: '跟随系统', light: '浅色', dark: '深色', timeZone: '时区', browserZone: '浏览器时区（{zone}）' },
  status: { pending: '待审批', approved: '已审批', installing: '安装中', completed: '已完成', failed: '失败', rejected: '已拒绝', cancelled: '已取消' },
  tabs: { pending: '待审批任务', installing: '安装中任务', completed: '已完成任务', failed: '失败', closed: '已拒绝/取消', all: '全部' },
  step: {
    hardware_collect: '采集硬件', hardware_report: '上报硬件', wait_task: '等待任务', task_received: '已领取任务', install_start: '开始安装', partitioning: '磁盘分区',
    downloading: '下载镜像', installing: '写入系统', configuring: '配置系统', finalizing: '收尾', completed: '完成', first_boot: '等待新系统首次启动', waiting: '等待服务器领取',
  },
  operation: { hardware_config: '硬件配置', network_config: '网络配置', os_install: '安装系统', reboot: '重启', complete: '完成确认', wait: '等待' },
  field: {
    idc: '机房', sn: '服务器序列号 (SN)', snShort: '序列号', mac: 'MAC地址', os: '操作系统', osVersion: '系统版本', hostname: '主机名', status: '状态', progress: '进度', created: '创建时间', updated: '更新时间',
    actions: '操作', tags: '标签', notes: '备注', network: '网络', disk: '磁盘', sshKeys: 'SSH 公钥', packages: '软件包', profile: '装机模板',
    model: '型号', cpu: '处理器', memory: '内存', disks: '磁盘', lastSeen: '最后联系', task: '任务', notBefore: '最早开始', deadline: '最晚完成', attempt: '第 {n} 次尝试', method: '安装方式',
  },
  action: {
    create: '新建装机任务', approve: '审批', reject: '拒绝', cancel: '取消任务', retry: '重试', close: '关闭', save: '保存', refresh: '刷新', open: '打开', add: '添加', remove: '移除', copy: '复制', copied: '已复制', download: '下载', pause: '暂停', resume: '继续',
    clear: '清除', back: '返回', undo: '撤销', more: '更多选项', less: '收起选项', print: '打印', createFrom: '创建任务', selectAll: '选择已加载的全部行', select: '选择 {name}', clearSelection: '取消选择',
  },
  list: {
    search: '搜索序列号、MAC、主机名、系统、标签、备注', searchMachines: '搜索序列号、MAC、厂商、型号、磁盘', allIdcs: '全部机房', sort: '排序', newest: '最新创建', oldest: '最早创建', recent: '最近更新', stale: '最久未更新', bySn: '按序列号', bySnDesc: '按序列号倒序',
    total: '共 {n} 条', loaded: '共 {total} 条，已加载 {n} 条', selected: '已选 {n} 条', loading: '加载中…', tag: '标签：{tag}', end: '没有更多了', table: '任务列表', machineTable: '服务器列表',
  },
  empty: {
    pending: { title: '没有待审批的任务', text: '新建一个装机任务，或从已上报但没有任务的服务器创建。' },
    installing: { title: '没有正在安装的任务', text: '任务审批后，在线的服务器会立刻开始安装。' },
    completed: { title: '还没有完成的任务', text: '新系统首次启动并回报后，任务才算完成。' },
    failed: { title: '没有失败的任务', text: '一切正常。' },
    closed: { title: '没有被拒绝或取消的任务', text: '' },
    all: { title: '还没有装机任务', text: '点击“新建装机任务”，或先让服务器从网络启动：它会自己出现在“服务器”页。' },
    filtered: { title: '没有符合条件的任务', text: '换个关键词，或清除筛选条件。' },
    machines: { title: '还没有服务器上报', text: '将服务器设为网络启动 (PXE) 并开机，约一分钟后会出现在这里。' },
    unmatched: { title: '没有等待任务的服务器', text: '所有上报的服务器都已有任务。' },
    machinesFiltered: { title: '没有符合条件的服务器', text: '换个关键词，或清除筛选条件。' },
    logs: '还没有日志。安装开始后日志会实时出现在这里。', idcs: { title: '还没有机房', text: '第一台服务器上报，或创建第一个任务后，机房会出现在这里。' }, audit: { title: '还没有审计记录', text: '审批、拒绝等操作会记录在这里。' },
    goMachines: '查看未匹配的服务器', clearFilters: '清除筛选',
  },
  progress: { speed: '{rate}/s', left: '约剩 {time}', silent: '已 {time} 没有消息', label: '{name} 安装进度', dryRun: '演练', dryRunText: '演练（--dry-run）：没有写入任何磁盘' },
  create: {
    title: '新建装机任务', intro: '服务器还没开机也可以先建任务：它上报后会自动关联。', snHint: '可从已上报的服务器中选择', osHint: '例如 Debian 12、Ubuntu 22.04 LTS', versionHint: '留空则用目录中的默认版本',
    hostnameHint: '留空则由系统生成', hardwareKept: '硬件 RAID 沿用上一个任务：{names}', dropHardware: '不沿用', held: '{idc} 已有镜像', dhcp: '自动 (DHCP)', static: '静态地址', address: 'IP 地址 (CIDR)', gateway: '网关', dns: 'DNS 服务器', dnsHint: '多个用逗号分隔', diskAuto: '自动（只有一块合适的磁盘时）', diskSmallest: '最小的磁盘', diskLargest: '最大的磁盘',
    keysHint: '每行一个 OpenSSH 公钥', submit: '创建任务', created: '任务已创建：{sn}', online: '在线', offline: '离线', unsaved: '放弃已填写的内容？',
  },
  approve: {
    signed: '签名公钥',
    batchUnknown: '内容未知，按有数据对待：需输入序列号',
    noDisk: '不写任何磁盘（系统只在内存中运行）', more: '查看完整计划', drift: '与上次批准的计划不同：{parts}',
    compared: '与上次批准的计划相比', same: '与上次批准的计划相同。', formerOf: '（{task}，第 {n} 次尝试）', before: '上次', nowIs: '这次', part: { controllers: '硬件 RAID', regional: '时区与语言', packages: '软件包', os: '操作系统', disk: '目标磁盘', content: '磁盘内容（摘要）', image: '镜像', partitions: '分区', hostname: '主机名', network: '网络', users: '用户与公钥', kernel: '内核参数', files: '安装程序得到的文件', media: '安装介质', scripts: '脚本', variables: '变量' },
    title: '审批装机任务', batchTitle: '批量审批 {n} 个任务', where: '目标磁盘', now: '磁盘上现有', lost: '将丢失', image: '镜像', network: '网络', partitions: '新分区', hostname: '主机名',
    lostNothing: '磁盘是空的，不会丢失数据。', lostAll: '{disk} 上的全部内容将被永久删除，无法恢复：', newArray: '阵列 {device} 将新建于磁盘 {disks}；这些磁盘目前不属于任何阵列，上面可能残留的数据都将丢失。', claimedDisk: 'RAID 控制器 {controller}（{model}）将收用 {place} 处的磁盘；它现在作为独立磁盘 (JBOD) 使用，其全部数据将丢失。', lostArray: 'RAID 控制器 {controller}（{model}）上的阵列 {array}（{level}，{size}，磁盘 {disks}）连同其全部数据将被删除。', makesArray: '新建阵列 {array}：{level}，磁盘 {disks}', sameArrays: '阵列已符合要求，无需改动', lostUnsure: '{disk}：不知道上面有什么，请按“会丢失全部数据”对待。', lostUnknown: '不知道这块磁盘上有什么：服务器没有上报其内容。请按“会丢失全部数据”对待。',
    table: '分区表 {name}', partition: '分区 {n}', noFs: '未知或无文件系统', signature: '整盘 {name}', signatures: { unknown_data: '无法识别的数据', ambivalent: '同时有多种文件系统' }, typeSn: '这块磁盘上有数据。请输入序列号 {sn} 确认清除：', typeSnUnknown: '计划尚不完整。请输入序列号 {sn} 确认仍要审批：', typeSnShort: '输入 {sn} 确认', notes: '审批备注（可选）',
    noPlan: '还不能给出完整计划', noPlanText: '现在审批不会绑定具体计划；硬件或镜像就绪后服务会按任务的要求计算。', bound: '审批与此计划绑定；磁盘、镜像或网络有任何变化，审批自动作废。', done: '已审批：{sn}', batchDone: '已审批 {n} 个任务', batchFailed: '{n} 个任务没有审批成功',
    confirm: '审批', loading: '正在计算计划…', dhcp: '自动 (DHCP)', rest: '剩余全部空间', hash: '计划指纹', users: '用户', batchData: '有数据，需输入序列号', batchEmpty: '空盘', batchNoPlan: '计划不完整，需输入序列号', skip: '不填则跳过此任务', ready: '将审批 {n} 个，跳过 {m} 个', fixed: '这是已批准的计划。',
  },
  decide: {
    rejectTitle: '拒绝装机任务', cancelTitle: '取消装机任务', retryTitle: '重试装机任务', rejectText: '任务将关闭，服务器不会被改动。', cancelText: '任务将停止。正在安装的服务器会在下一次汇报时停下，磁盘可能已写了一部分。', retryText: '将开始新的一次尝试，并需要重新审批。',
    reason: '原因（可选）', targets: '{n} 个任务', reject: '拒绝', cancel: '取消任务', retry: '重试', done: '已处理 {n} 个任务', failed: '{n} 个任务未处理',
  },
  task: {
    timeline: '时间线', log: '日志', plan: '计划', hardware: '硬件', spec: '任务要求', failure: '安装失败', advice: '建议', searchLog: '搜索日志', lines: '{n} 行', matches: '{n} 处匹配', following: '实时跟随', paused: '已暂停（新增 {n} 行）', noHistory: '这台服务器没有更早的任务。', former: '以前的任务', notFound: '没有这个任务',
    notFoundText: '{idc}/{sn} 没有装机任务。', createdBy: '{by} 创建', by: '由 {by}', operation: '操作：{name}', running: '进行中', ok: '成功', bad: '失败', noHardware: '服务器还没有上报硬件。请将它设为网络启动并开机。', standing: '任务停在这里 {time} 了', standingPending: '等待审批', standingOffline: '服务器不在线：检查电源、网络启动顺序与交换机端口。', standingOnline: '服务器在线，正在等待。', planNow: '按当前硬件与镜像计算', logGone: '日志暂时取不到', firstBoot: '系统已写入磁盘，等待新系统首次启动后回报。', approvedBy: '{by} 审批',
  },
  machines: {
    shell: '救援终端',
    decommissioned: '已下架', title: '服务器', all: '全部', unmatched: '未匹配', online: '在线', offline: '离线', matched: '已有任务', hardware: '硬件', firmware: '固件', bios: '{vendor} {version}（{date}）', bootMode: '启动方式', secureBoot: '安全启动', on: '开', off: '关', cores: '{n} 核', threads: '{n} 线程', sockets: '{n} 路', nics: '网卡', driver: '驱动', link: '链路', up: '已连接', down: '未连接', slot: 'PCI 位置',
    driverless: '没有驱动的设备', content: '内容', serial: '序列号', type: '类型', size: '容量', device: '设备', emptyDisk: '空盘', unknownContent: '未上报', reported: '上报时间', agent: '代理版本', vm: '虚拟机', uuid: 'UUID', notFound: '没有这台服务器', notFoundText: '{idc} 没有序列号为 {sn} 的服务器。', hint: '未匹配：已上报硬件，但还没有任务要它。', partitions: '{n} 个分区', model: '型号', architecture: '架构', memory: '{n} GB 内存', noHardware: '还没有上报硬件',
  },
  overview: {
    rogue: '{idc} 有 {n} 台不该存在的 DHCP 服务器', stalled: '{n} 台服务器启动停住了', health: { good: '服务正常', bad: '服务失联', none: '无服务' }, running: '正在安装', onlineCount: '{n} 在线', siteGone: '{idc} 的服务失去联系：{services}', title: '总览', all: '全部机房', attention: '需要关注', nothing: '没有需要处理的事情。', failedText: '{n} 个任务安装失败', silentText: '{n} 个安装超过 {m} 分钟没有消息', unmatchedText: '{n} 台服务器已上报，没有任务', pendingText: '{n} 个任务等待审批', offlineText: '{n} 个任务已审批 {m} 分钟以上还没有开始', machines: '服务器', onlineOf: '{online} 在线 / 共 {total}', perIdc: '各机房', recent: '最近动态', median: '中位数', cards: '任务计数', welcome: '开始第一次装机', welcome1: '将服务器设为网络启动 (PXE / UEFI HTTP) 并开机；它会出现在“服务器”页。', welcome2: '从它创建装机任务，选择操作系统。', welcome3: '查看计划并审批，安装立即开始，进度实时显示。',
  },
  idcs: {
    dhcp: '网段上的 DHCP 服务器', verdict: { allowed: '已允许', expected: '网络自有', rogue: '不该存在', gone: '已不再应答', own: '本机房启动服务' }, rogueText: '它与启动服务同时应答，服务器可能拿到错误的地址或引导文件。请关掉它，或在设置 Boot:Sentinel:Allowed 中允许它。',
    check: { mbps: '应为 1 到 400000 的整数，或留空', places: '应为 1 到 10000 的整数，或留空', minutes: '应为 1 到 10080（一周）的整数', window: '开始与结束不能相同', ruleName: '请填写规则名称' }, limitText: '名额用完后，其余任务按优先级（高者先）与审批时间排队。', openNow: '现在可以开始安装。', closedNow: '现在不在时间窗口内，已审批的任务会等待。', window: '时间窗口 {n}', rule: '规则 {n}', overMidnight: '跨午夜', removeWindow: '移除时间窗口 {n}', removeRule: '移除规则 {n}', defaults: '此机房的装机默认值',
    services: '服务', noServices: '此机房还没有服务登记', title: '机房', images: '镜像', noImages: '此机房的启动服务还没有镜像', settings: '设置', limit: '同时安装数上限', unlimited: '不限', windows: '维护时间窗口', windowsText: '只在这些时间开始安装；没有则随时可以。', mbps: '每台镜像下载限速（Mbit/s）', imageKeys: '镜像签名公钥', imageKeysText: 'P-256 公钥（PEM）。填写后只安装由其中之一签名的镜像（镜像旁的 IMAGE.sig：openssl dgst -sha256 -sign）；留空则不要求签名。', fourEyes: '双人复核（创建人不能审批自己的任务）', silence: '无消息判定失败（分钟）', install: '安装最长时间（分钟）', firstBoot: '等待首次启动（分钟）', auto: '自动审批规则', autoText: '符合规则的任务在计划可用后自动审批。默认没有：每个任务都要人工审批。', from: '从', to: '到', zone: '时区', days: '星期', everyDay: '每天', ruleName: '规则名称', ruleTag: '标签', ruleProfile: '装机模板', allowData: '磁盘有数据也批准', saved: '已保存 {idc} 的设置', addWindow: '添加时间窗口', addRule: '添加规则', name: '名称', notAny: '标签和模板至少填一个', discard: '放弃修改',
    day: { mon: '一', tue: '二', wed: '三', thu: '四', fri: '五', sat: '六', sun: '日' },
  },
  audit: { actions: { machine_edited: '修改服务器标签备注', machine_decommissioned: '服务器下架', machine_recommissioned: '服务器重新启用', shell_opened: '打开命令行', shell_closed: '命令行结束', secret_given: '向服务器下发机密', token_used_elsewhere: '启动令牌在别处被使用', task_refused: '拒绝其他服务器的任务请求', keys_rotated: '轮换密钥', keys_retired: '移除旧密钥', tpm_bound: '绑定 TPM', tpm_refused: '缺少 TPM 被拒绝', tpm_released: '解除 TPM 绑定', tpm_required: '要求 TPM', tpm_not_required: '不再要求 TPM', service_forgotten: '移除服务', profile_created: '新建模板', profile_changed: '修改模板', defaults_changed: '修改默认值', webhook_created: '新建 Webhook', webhook_changed: '修改 Webhook', webhook_deleted: '删除 Webhook', settings_changed: '修改设置', task_created: '创建任务', task_approved: '审批', task_rejected: '拒绝', task_cancelled: '取消', task_retried: '重试', task_started: '开始安装', task_completed: '完成', task_failed: '失败', task_approval_voided: '审批作废' }, title: '审计', time: '时间', by: '操作者', from: '来源', action: '操作', target: '对象', reason: '原因', more: '加载更多', export: '导出 JSONL', change: '变化', filterAction: '操作类型', any: '全部' },
  error: {
    title: '出错了', unreachable: '管理服务没有应答，正在重试。', invalid_request: '有字段填写不正确', machine_decommissioned: '这台服务器已退役，请先恢复服役', active_task_exists: '这台服务器已有进行中的任务', mac_in_use: '该 MAC 地址属于另一个进行中的任务', move_not_allowed: '任务当前状态不允许这个操作', four_eyes: '需要另一个人审批', plan_changed: '计划已变化，请重新查看', store_unavailable: '存储暂时没有应答，数据没有丢失，请稍后再试', notFound: '没有这个页面', notFoundText: '网址可能写错了，或内容已不存在。', home: '回到总览', page: '页面文件已更新，请重新载入。', reload: '重新载入',
  },
  unit: { days: '{n} 天', hours: '{n} 小时', minutes: '{n} 分', seconds: '{n} 秒' },
};

export default messages;
export type Messages = typeof messages;
