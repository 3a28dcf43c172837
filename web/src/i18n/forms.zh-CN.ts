/** Creating, approving, profiles, webhooks; spread into zh-CN.ts. */
const forms = {
  checks: {
    vlan: 'VLAN 号应为 1 到 4094', member: '至少选一个',
    required: '必填', idc: '机房名由 1–63 个字母、数字、“-”或“_”组成', sn: '序列号由 1–128 个字母、数字、空格或 . _ : + - 组成，首尾须为字母或数字', mac: '不是网卡的 MAC 地址，例如 00:1a:2b:3c:4d:5e', macTwice: '同一个 MAC 地址写了两次；留空代表启动网卡，只能有一个',
    hostname: '主机名由字母、数字和“-”组成，各段以点分隔', address: '不是 IPv4 或 IPv6 地址', cidr: '需要带前缀长度的地址，例如 10.0.0.5/24', gateway: '网关不在上面任何地址的网段内', key: '每行应是一个 OpenSSH 公钥，例如 ssh-ed25519 AAAA… 名称', privateKey: '这是私钥！请妥善保管，这里只填公钥（.pub 文件）',
    priority: '应为 -100 到 100 的整数', variable: '变量名由小写字母、数字和“_”组成，以字母开头', versionAlone: '请先填写操作系统', past: '这个时间已经过去', order: '最早开始须早于最晚完成', name: '名称由 1–63 个字母、数字、“-”或“_”组成', url: '应为 http 或 https 地址', secret: '16 到 200 个字符', events: '至少选一项', system: '系统目录里没有', version: '这个系统没有此版本', tag: '标签由字母（含中文）、数字和 . _ : = / - 组成，不含空格',
  },
  spec: {
    unset: '不设定', asInherited: '不填：按模板与默认值', networkDefault: '默认：启动网卡自动获取 (DHCP)', interface: '网口 {n}', nicMac: '网卡 MAC', bootInterface: '留空：启动网卡', mode: '方式', addInterface: '添加网口', removeInterface: '移除网口 {n}',
    diskBy: { serial: '按磁盘序列号', wwn: '按 WWN', device: '按设备路径', model: '按型号（可用 *）', array: '按本任务创建的阵列名' }, disksOf: '{sn} 的磁盘（点选即按其标识指定）', stakes: { data: '有数据', empty: '空盘', unknown: '内容未知', removable: '可移动，不会使用' },
    tagsHint: '空格分隔，例如 rack-a12 gpu', priority: '优先级（-100…100，大者先装）', variables: '变量', variableName: '变量 {n} 的名称', variableValue: '变量 {n} 的值', removeVariable: '移除变量 {n}', addVariable: '添加变量', profileHint: '可不选；选了则继承其设置', noProfiles: '还没有模板，可不选',
    scripts: '脚本', scriptName: '脚本 {n} 的名称', scriptWhen: '脚本 {n} 的时机', scriptText: '脚本 {n} 的内容', removeScript: '移除脚本 {n}', addScript: '添加脚本', when: { hardware: '最先，用于固件与 BIOS（经服务签名）', pre: '写盘之前（启动镜像中）', post: '配置新系统时（chroot）', 'first-boot': '新系统首次启动时' }, method: { image: '镜像', installer: '安装程序 {name}' }, methodDefault: '默认：{name}', methodUnknown: '默认', requires: '这种方式还需要变量：{names}',
    layer: { global: '全局默认', idc: '机房 {name}', tag: '标签 {name}', profile: '模板 {name}', machine: '服务器 {name}' }, effective: '{value} · 来自{origin}', keys: '{n} 个公钥', none: '无',
    noneKept: '明确设为“无”，不继承：{names}', noneDrop: '改为继承', usersKept: '用户 {names} 保持不变', field: { users: '用户', timezone: '时区', locale: '语言 (locale)', keyboard: '键盘布局', kernel_arguments: '内核参数', os_type: '操作系统', os_version: '系统版本', hostname: '主机名', network: '网络', disk_layout: '磁盘', packages: '软件包', ssh_keys: 'SSH 公钥', tags: '标签', priority: '优先级', install_method: '安装方式', variables: '变量', scripts: '脚本', description: '说明' },
  },
  preview: { title: '计划预览', incomplete: '填好左侧必填项后，这里会显示将要对这台服务器做什么。', waiting: '稍候…', machine: '按服务器 {sn} 上报的硬件计算。', noMachine: '服务器还没有上报硬件；可以先建任务，它上报后会自动关联。', inherited: '继承的值' },
  batch: {
    known: '有哪些列', knownText: '带 * 的必填；列的顺序不限，也可用中文列名。磁盘布局、脚本、变量等请放在模板里。表格里有上面没有的列时，整张表不会读入。', notRead: '没有读入任何行：请删掉或改正这些列。可用的列：{names}',
    title: '批量新建装机任务', link: '批量新建', intro: '把电子表格里的单元格直接粘贴到下面，或拖入 CSV 文件。逐行检查通过之前不会创建任何任务。', template: '下载 CSV 模板', paste: '在此粘贴单元格或 CSV（第一行可以是表头）', drop: '松开以读取文件', choose: '选择文件…', fromMachines: '从未匹配的服务器填入', read: '读入表格', rows: '{n} 行', checking: '正在检查…',
    columns: { idc: '机房', sn: '序列号', mac: 'MAC地址', os_type: '操作系统', os_version: '系统版本', profile: '模板', hostname: '主机名', address: 'IP/前缀', gateway: '网关', dns: 'DNS', disk_serial: '磁盘序列号', disk_prefer: '磁盘偏好', packages: '软件包', ssh_keys: 'SSH 公钥', tags: '标签', notes: '备注', not_before: '最早开始', deadline: '最晚完成', install_method: '安装方式' },
    line: '行', state: '结果', valid: '可创建', invalid: '有错误', refused: '不能创建', created: '已创建', waiting: '等待', unchecked: '未检查', failed: '没有成功', cell: '第 {line} 行 {column}', create: '创建 {n} 个任务', creating: '正在创建 {done} / {n}', done: '已创建 {n} 个任务', partly: '已创建 {n} 个，{m} 个没有成功；改正后可再次创建剩余的行。',
    summary: '{ok} 行可创建，{bad} 行有问题', allGood: '全部 {n} 行可创建', addRow: '添加一行', removeRow: '删除第 {n} 行', clear: '清空表格', onlyBad: '只看有问题的行', next: '下一个问题', none: '没有读到任何行', beyond: '第 {line} 行第 {column} 列：“{value}”超出最后一列，未读入；含分隔符的值需加引号', unknownColumn: '第 {line} 行第 {column} 列：没有名为“{name}”的列', twice: '第 {line} 行第 {column} 列：“{name}”出现了两次', quote: '第 {line} 行第 {column} 列：引号没有成对', tooMany: '一次最多 {n} 行，多出的没有读入', tooLong: '文件超过 {size}，没有读入', decoded: '文件不是 UTF-8，已按 {encoding} 读入，请核对中文', seeTasks: '查看任务', errors: '错误', fill: '用第一行的值向下填充此列', table: '批量任务表格', gridHelp: '方向键上下移动，Tab 左右移动；可在任一单元格粘贴多行多列。',
  },
  profiles: {
    title: '装机模板', intro: '模板说明装什么、怎么装；任务选用模板后继承它和各级默认值。', create: '新建模板', empty: { title: '还没有装机模板', text: '把常用的系统、网络、磁盘、公钥和软件包存成模板，建任务时只需选一个名字。' }, name: '名称', description: '说明', version: '版本', changed: '更新', by: '由 {by}', versions: '版本', edit: '编辑', save: '保存为新版本', saved: '{name} 已保存为版本 {version}', unchanged: '没有变化，仍是版本 {version}',
    compareWith: '与此版本比较', search: '搜索模板', differences: '版本 {a} → {b} 的变化', noDifferences: '两个版本没有不同。', rollback: '恢复此版本', rollbackText: '将版本 {n} 的内容存为新版本；已有任务不受影响。', rolledBack: '版本 {n} 的内容已存为版本 {m}', newest: '最新', effective: '对某台服务器的生效值', effectiveText: '选择机房和服务器，查看每个值是多少、来自哪一层。', show: '查看', origin: '来源', value: '值', field: '项目', notFound: '没有这个模板', conflict: '有人已保存了更新的版本，请载入后再改。', reload: '载入最新版本', unsaved: '放弃未保存的修改？', nothing: '没有任何值',
    defaults: '默认值', defaultsIntro: '选用模板的任务还会继承这些默认值。由弱到强：全局 → 机房 → 标签 → 模板 → 服务器 → 任务本身。', layers: { global: '全局', idc: '机房', tag: '标签', machine: '服务器' }, layerOf: '{layer}默认值', chooseTag: '选择或输入标签', load: '打开', remove: '清除这一层', removeSure: '清除“{title}”的全部内容？没有历史版本可以恢复。', removed: '已清除', savedDefaults: '默认值已保存', says: '设定了：{fields}', saysNothing: '没有设定任何值', machineText: '这台服务器自己的主机名、地址、磁盘等，比模板优先。', tagsSet: '已有默认值的标签',
  },
  templates: {
    title: '启动与安装脚本', intro: '服务器启动时得到的脚本与安装应答文件都由这些模板渲染。修改先在示例服务器上全部试渲染，通过后才保存；受影响的已审批计划会作废并要求重新审批。', lint: '检查全部', good: '{n} 个模板都能渲染（试了 {m} 次）', faults: '{n} 处错误', at: '第 {line} 行第 {column} 列', site: '适用范围', global: '全部机房', of: '机房 {idc}', snippet: '片段，供其它模板引用', origin: { built_in: '内置', global: '全局修改', idc: '本机房修改' }, inForce: { built_in: '当前使用内置版本。', global: '当前使用全部机房的修改，版本 {version}。', idc: '当前使用本机房的修改，版本 {version}。' },
    text: '模板', textOf: '模板 {name} 的内容', changed: '未保存', notes: '改了什么（可选）', save: '保存为新版本', saved: '{name} 已保存为版本 {version}', rendered: '渲染结果', sample: '示例服务器', firstSample: '示例服务器…', machine: '指定的服务器', machineHint: '或输入序列号选择服务器', target: '为 {target} 渲染；地址与令牌用占位符代替。', fault: '模板有错误：', notFound: '没有这个模板', noVersions: '还没有修改过，使用内置版本。', toBuiltIn: '恢复内置版本', builtInText: '恢复内置版本？修改记录会保留。', backToBuiltIn: '恢复为内置版本', rolledBackTo: '恢复自版本 {n}', difference: '差异', from: '从', to: '到', current: '当前使用的',
    files: '安装程序得到的文件', bootScript: '启动脚本', drifted: '按现在的模板渲染，与计划中的摘要不同。', same: '与计划中的摘要一致。',
  },
  webhooks: {
    title: 'Webhook 通知', intro: '任务状态变化时，向你的系统发送带签名的 HTTP 请求。', create: '新建 Webhook', empty: { title: '还没有 Webhook', text: '把装机完成、失败等事件推送到聊天群、工单或 CMDB。' }, url: '接收地址', secret: '签名密钥', secretHint: '16 到 200 个字符，接收方用它核对签名；保存后不再显示', secretKept: '留空则保留原密钥', generate: '生成', idc: '机房', allIdcs: '全部机房', events: '事件', enabled: '启用', disabled: '已停用', description: '说明', saved: 'Webhook 已保存', deleted: 'Webhook 已删除', remove: '删除', removeText: '删除后不再通知此地址，未送达的记录也一并删除。', test: '发送测试', tested: '对方已接收（{status}）', testFailed: '没有送达', deliveries: '投递记录', recent: '最近投递', dead: '未送达', deadText: '多次重试后放弃的消息，最近 100 条。', noRecent: '还没有投递过。', noDead: '没有未送达的消息。', outcome: '结果', delivered: '已送达', given: '已放弃', attempts: '{n} 次', message: '消息内容', at: '时间', event: '事件', edit: '编辑', cancel: '取消', howTo: '如何核对签名', howToText: '用密钥对“X-LpmOs-Timestamp + 英文句点 + 请求体”计算 HMAC-SHA-256，与 X-LpmOs-Signature 比较。',
    kinds: { task: '任务的每次变化', alert: '服务器身份告警', machine: '服务器的每次变化', stats: '统计变化', task_pending: '待审批', task_approved: '已审批', task_rejected: '已拒绝', task_cancelled: '已取消', task_installing: '开始安装', task_completed: '已完成', task_failed: '失败', test: '测试' },
  },
};

export default forms;
export type Forms = typeof forms;
