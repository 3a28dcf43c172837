/** Texts of what one looks at: overview, task, machines, wall, report. English has exactly these keys. */
export const views = {
  throughput: { title: '完成量与耗时', span: '时间范围', day: '24 小时', week: '7 天', month: '30 天', took: '安装耗时（中位数到 95%）', p95: '95%', table: '表格', summary: '{title}：完成 {completed}，失败 {failed}' },
  phase: { title: '各阶段耗时', rate: '成功率 {percent}%', approval: '等待审批', waiting: '等待开始', installation: '整个安装', first_boot: '首次启动', legend: '中位数 / 95% 的安装不超过' },
  docs: {
    nav: '文档', title: '文档与接口', swagger: 'Swagger UI（接口试用）', missing: '没有这篇文档',
    names: { 'README_zh-CN': '说明', README: '说明（英文）', statuses: '状态与错误码', boot: '启动流程', configuration: '配置项', profiles: '装机模板', lpmosctl: '命令行 lpmosctl', decisions: '设计决定', web: '网页', boots: '启动记录', catalogue: '系统目录', disks: '磁盘与布局', drivers: '启动镜像的驱动', hardware: '硬件清单', images: '系统镜像', network: '网络配置', roles: '角色与权限', security: '安全', templates: '渲染模板', 'threat-model': '威胁模型' },
  },
  view: { only: '你的角色在这里只能查看。' },
  wipes: {
    title: '擦除证书', certificate: '磁盘擦除证书', open: '查看与打印', all: '这台服务器的全部证书', none: '没有擦除证书', noneText: '磁盘布局中要求擦除的任务，会在写盘之前为每块磁盘留下一份签名的证书。', result: { verified: '已验证', failed: '未通过' }, says: '以下磁盘在安装之前已被擦除；擦除之后抽样读回，没有发现先前的内容。', saysFailed: '以下磁盘的擦除没有完成，或擦除之后仍读到先前的内容。不能视为已擦除。',
    field: { machine: '服务器', task: '任务', model: '型号', serial: '序列号', wwn: 'WWN', size: '容量', device: '当时的设备', method: '方法', began: '开始', ended: '结束', samples: '抽样验证', message: '说明', issued: '签发时间' }, left: '{n} 个 4 KiB 抽样块，其中 {left} 个仍有先前的内容', signature: '签名', verify: '任何人都可以用三个文件离线验证这份证书：', base64: '签名（Base64，DER）',
  },
  verify: {
    start: '校验', hint: '每条记录都带有上一条的哈希：在存储中修改或删除记录会被发现。', intact: '共 {n} 条记录，均未被修改、删除或插入（{at}）', broken: '与写入时不一致：发现 {n} 处（{at}）', place: '链 {chain}，序号 {number}',
    code: { changed: '被修改', missing: '被删除', moved: '位置被移动', doubled: '重复', unchained: '由他人插入', end_missing: '链尾或链首标记被删除', end_forged: '链尾或链首标记被伪造', put_back: '最新记录被删除' },
  },
  wall: { title: '大屏', pause: '暂停轮播', resume: '继续轮播', full: '全屏', leave: '退出大屏', more: '还有 {n} 个' },
  keys: { title: '键盘快捷键', short: '启用', show: '查看全部', enabled: '启用单键快捷键', overview: '总览', tasks: '装机任务', machines: '服务器', idcs: '机房', audit: '审计', wall: '大屏', docs: '文档', search: '搜索', create: '新建装机任务', rows: '在列表的行之间移动', select: '勾选当前行', help: '显示这个列表' },
  catalogue: {
    title: '目录与文件', intro: '能安装哪些系统、用什么方式，以及厂商的安装程序所需的文件在这个机房的引导服务上是否就绪。缺少文件的安装程序不能审批；用镜像安装不需要这些文件。', idc: '机房', search: '搜索系统或文件', none: '没有符合的系统', verify: '重新校验全部', verifying: '引导服务正在重新计算摘要', others: '目录之外的文件', complete: '齐全', missing: '缺 {n} 个，共 {total} 个', noFiles: '不需要厂商文件', requires: '任务需给出变量：{names}',
    state: { held: '已就绪', asked: '已请求', absent: '缺少' }, copy: { held: '已就绪', fetching: '下载中', failed: '失败', missing: '等待送入' }, ask: '请求…', change: '更改…', forget: '不再需要', forgetSure: '不再需要 {name}？引导服务会在没有任务使用它之后删除。', source: '下载地址（留空：由 lpmosctl assets import 送入）', digest: 'SHA-256（厂商公布的，64 位小写十六进制）', sums: '厂商公布的摘要清单', send: '让引导服务下载并校验', asked: '已请求 {name}', within: 'ISO 中的 {member}', byHand: '用命令行：',
  },
  follow: { start: '关注 {sn}', stop: '取消关注 {sn}', on: '已关注：状态变化时会通知你', onPage: '已关注：状态变化会在页面内提示（浏览器没有允许系统通知）', changed: '{sn}：{status}' },
  views: { title: '常用视图', name: '视图名称', save: '＋ 保存当前视图…', forget: '✕ 删除此视图' },
  report: { title: '报告', tasks: '装机报告', machines: '服务器清单', open: '报告 / 打印', back: '返回列表', made: '生成时间', filter: '筛选条件', all: '全部', count: '数量', ended: '完成时间', cut: '只列出前 {n} 条，共 {total} 条：请缩小筛选范围。', by: { show: '范围', idc: '机房', tag: '标签', q: '搜索', status: '状态' } },
  compare: { title: '服务器对比', with: '对比…', these: '对比这两台', two: '选两台可以对比', a: '第一台', b: '第二台', swap: '交换', missing: '没有这台服务器', choose: '选择两台服务器', chooseText: '可按序列号、MAC、型号等任何硬件字段搜索。', count: '{n} 处不同，共 {total} 项', only: '只看不同', same: '硬件相同', company: '厂商', product: '产品', cores: '路数 × 核 / 线程', vendor: '固件厂商', version: '固件版本', date: '固件日期', name: '名称', microcode: '微码', numa: 'NUMA 节点数', address: '地址', slots: '插槽', correction: '纠错', bay: '槽位', memberOf: '属于', switch: '交换机', port: '端口', battery: '缓存电池' },
  record: {
    title: '标签与备注', edit: '编辑', cancel: '取消', none: '没有标签和备注', tagsHint: '用逗号分隔，例如 rack-a07, gpu', saved: '已保存标签与备注', decommission: '下架', recommission: '重新启用', gone: '已下架',
    decommissionText: '下架后这台服务器只从自己的磁盘启动，不能为它创建任务。随时可以重新启用。', decommissioned: '已下架：{sn}', recommissioned: '已重新启用：{sn}', noTasks: '还没有为这台服务器创建过任务。', newest: '最近上报', searchHint: '可按字段搜索：',
  },
  history: {
    title: '硬件变更', none: '自首次上报以来硬件没有变化。', now: '当前', any: '对比任意两次上报', from: '从', to: '到', kind: { added: '新增', removed: '移除', changed: '变化' },
    part: { board: '主板', chassis: '机箱', tpm: 'TPM', bmc: 'BMC', dimm: '内存条', gpu: '加速卡', raid_controller: 'RAID 控制器', raid_disk: 'RAID 物理盘', system: '整机', firmware: '固件', cpu: '处理器', memory: '内存', disk: '磁盘', nic: '网卡', device: '设备' }, field: { version: '版本', date: '日期', total_gb: '容量 (GB)', model: '型号', vendor: '厂商' },
  },
  boots: {
    title: '启动过程', choose: '选择一次启动', none: '还没有记录到启动。服务器从网络启动时，DHCP、TFTP、脚本、代理的每一步会实时出现在这里。', phases: '启动阶段', advice: '怎么办：', standing: '已停 {time}', again: '重传 {n} 次', omitted: '中间省略 {n} 条',
    phase: { firmware_dhcp: 'DHCP', boot_program: '引导程序', script: '脚本', kernel: '内核', agent: '代理', installation: '安装', first_boot: '首次启动' },
    outcome: { under_way: '进行中', stalled: '停住了', in_agent: '在装机代理中', installing: '安装中', local_disk: '从本地磁盘启动', first_boot: '新系统已回报', ended: '已再次启动', silent: '没有消息' },
  },
};
