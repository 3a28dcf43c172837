/** Hardware, disk layouts and networks; spread into zh-CN.ts. */
const machine = {
  hw: {
    chassis: '机箱', board: '主板', tpm: 'TPM', bmc: 'BMC', assetTag: '资产编号', units: '{n}U', absent: '无', microcode: '微码 {n}', maxMhz: '最高 {n} MHz', flags: '指令集', numa: 'NUMA 节点 {n}：CPU {cpus}，{memory}',
    memory: '内存条', slots: '{used} / {all} 个插槽', slot: '插槽', speed: '速率', maker: '厂商', part: '型号', serial: '序列号', ecc: { none: '无纠错', parity: '奇偶校验', single_bit_ecc: 'ECC（单比特）', multi_bit_ecc: 'ECC（多比特）', crc: 'CRC' },
    disks: '磁盘', health: '健康', healthy: '正常', failing: '需要更换', unknown: '未知', wear: '已用寿命 {n}%', reallocated: '重映射扇区 {n}', pending: '待映射扇区 {n}', errors: '介质错误 {n}', hours: '通电 {n} 小时', temperature: '{n} °C', written: '已写 {size}', bay: '槽位 {n}', memberOf: '属于 {names}',
    nics: '网卡', switch: '交换机与端口', nothingHeard: '未听到 LLDP', vlan: 'VLAN {n}', firmware: '固件 {n}', raid: 'RAID 控制器', arrays: '阵列', physical: '物理盘', noTool: '启动镜像中没有此控制器的管理程序，阵列与磁盘未知', battery: '缓存电池：{state}', level: '级别', state: '状态',
    software: '软件 RAID', volumeGroups: 'LVM 卷组', multipath: '多路径', free: '剩余 {size}', degraded: '缺 {n} 个成员', gpus: '加速卡', pci: 'PCI 设备（{n}）', warnings: '读取时的问题', name: '名称', class: '类别', driver: '驱动', noDriver: '没有驱动',
  },
  trust: {
    title: '身份 (TPM)', bound: '自 {at} 起与其 TPM 绑定（来自 {from}）：没有该 TPM 时不会下发任何内容。', key: '背书密钥 (SHA-256)', maker: '厂商已认证', makerUnseen: '证书（未验证：未配置受信任厂商）', none: '未绑定 TPM。带 TPM 2.0 的服务器会在下次网络启动时自动绑定。', awaited: '要求有 TPM：第一个证明身份的 TPM 会被绑定，没有 TPM 时不会下发任何内容。',
    refused: '{at} 已拒绝：{from} 冒用本机身份但没有该 TPM。', release: '解除 TPM 绑定', releaseText: '仅在更换主板或 TPM 之后操作：此后第一个以本机名义证明身份的 TPM 将成为本机的 TPM。', require: '要求 TPM', notRequire: '不要求 TPM', released: '已解除 TPM 绑定', requiredNow: '已要求 TPM', notRequiredNow: '已不再要求 TPM', from: '来自 {from}', known: '已知地址 {from}',
    serialConflict: '有两台服务器上报同一序列号：本机，以及 MAC 为 {mac} 的另一台。在其中一台改正序列号之前，任务会被拒绝下发。', alerts: { tpm_refused: '有人冒用本服务器身份但没有其 TPM，未下发任何内容。', token_used_elsewhere: '本服务器的启动令牌在第二个地址被使用。', task_refused: '有服务器以某任务的编号自称，但该任务已为另一台服务器审批，未下发任何内容。' },
  },
  layout: {
    title: '磁盘布局', usual: '默认：单盘', own: '自定义布局…', startFrom: '从预设开始', presets: { plain: '单盘（EFI、根分区）', lvm: '单盘 LVM', raid1: '两块盘 RAID 1', 'raid1-lvm': '两块盘 RAID 1 + LVM', raid10: '四块盘 RAID 10' },
    whole: '磁盘设置是一个整体：此处的设置会完全取代继承的设置。', asInherited: '按继承', rootFileSystem: '根文件系统', usualRoot: '默认 (ext4)', wipe: '擦除旧数据', wipes: { usual: '默认：只清除标签', none: '只清除标签', quick: '快速（几秒）', secure: '安全擦除（可能数小时）', overwrite: '全盘写零（数小时）' }, swapFile: '交换文件大小', encrypted: 'LUKS2 加密', passphrase: '磁盘加密口令 (LUKS2)', passphraseHint: '除 /boot 外全部加密；每次启动都要有人在控制台输入口令。留空则不加密。', passphraseOwn: '随后勾选要加密的部分；/boot、ESP 与 BIOS 引导分区不加密。每次启动在控制台输入。', unlock: '每次启动的解锁方式', unlocks: { passphrase: '在控制台输入口令', tpm: '本机 TPM 2.0 自动解锁' }, unlockHint: '每次启动都要有人输入口令。', unlockTpmHint: '请妥善保存口令：更换主板、TPM 或固件后会要求输入。拿到整机的人可以启动它。', tpmPcrs: 'TPM 寄存器 (PCR)', tpmPcrsHint: '可选 0、2、3、7；留空为 7（安全启动）；- 表示不绑定。', passphraseKept: '保持原样（已密封）。输入新口令即更换，清空即取消。', rule: '按条件…', which: '选哪些磁盘', any: '不限', flash: '闪存 (SSD/NVMe)', hdd: '机械硬盘',
    by: { serial: '序列号', wwn: 'WWN', device: '设备路径', path: '插口 (by-path)', model: '型号（可用 *）', minSize: '最小容量', maxSize: '最大容量', kind: '介质', transport: '接口', prefer: '优先', count: '块数', equal: '相同的几块', array: '本任务的阵列（单独使用）' },
    group: '磁盘组 {n}', name: '名称', role: '用途', size: '大小', partOf: '归入', itself: '（自成一体）', fileSystem: '文件系统', mountPoint: '挂载点', level: '级别', volume: '逻辑卷', addPart: '分区', addVolume: '逻辑卷', addGroup: '磁盘组', removePart: '删除分区 {n}', removeVolume: '删除逻辑卷 {n}', removeArray: '删除 RAID {name}', removeGroup: '删除磁盘组 {n}', removeVolumeGroup: '删除 LVM {name}',
    sizes: '大小可写 20GB、512MiB、30%（占磁盘或卷组）或 rest（剩余全部，每块盘或卷组一个）。', roles: { bios_boot: 'BIOS 引导', esp: 'EFI 系统分区', boot: '/boot', root: '根', swap: '交换', data: '数据', physical_volume: 'LVM 物理卷', raid_member: 'RAID 成员' }, kinds: { disk: '磁盘', partition: '分区', array: 'RAID', volume_group: 'LVM 卷组', volume: '逻辑卷', swap_file: '交换文件' },
    kind: '类型', on: '位于', table: '磁盘将变成这样', free: '未使用', verdicts: '这台服务器的每块磁盘', choice: '是否选中', verdict: { chosen: '将被写入', fits: '符合，但未选中', not: '不符合' },
    reasons: { fits_as_others: '与其他磁盘同样符合', not_smallest: '不是最小的', not_largest: '不是最大的', not_of_the_set: '不属于相同的那几块', without_equal: '没有与它相同的磁盘', other_count: '相同的有 {value} 块，数量不符', several_paths: '同一块盘有多条路径（{value}）：安装期间只保留一条', removable: '可移动介质', too_small: '小于 {value}', too_large: '大于 {value}', other_serial: '序列号不同', other_wwn: 'WWN 不同', other_device: '设备路径不同', other_path: '插在 {value}', other_model: '型号不同', other_transport: '接口为 {value}', rotational: '是机械硬盘', not_rotational: '不是机械硬盘', other_array: '不是 hardware_config 的阵列 {value}', made_by_task: '由本任务创建，只能按阵列名选择' }, unknownValue: '未知', regional: '时区与语言',
    method: { nvme_sanitize_crypto: 'NVMe 加密擦除 (sanitize)', nvme_sanitize_block: 'NVMe 块擦除 (sanitize)', nvme_format_crypto: 'NVMe 格式化（加密擦除）', nvme_format: 'NVMe 格式化', ata_enhanced_secure_erase: 'ATA 增强安全擦除', ata_secure_erase: 'ATA 安全擦除', discard: '全盘丢弃 (discard)', overwrite: '全盘覆写', edges: '清除首尾与各分区边缘' },
  },
  net: {
    set: '自行设置…', name: '名称', kinds: { ethernet: '网口', bond: 'Bond', vlan: 'VLAN', bridge: '网桥' }, remove: '移除 {name}', bondMode: 'Bond 模式', modes: { lacp: 'LACP (802.3ad)', backup: '主备 (active-backup)' }, hash: '散列策略', lacpRate: 'LACP 速率', primary: '首选成员', miimon: '链路检测（毫秒）', members: '成员', ports: '端口', noOthers: '先添加网口并起名', stp: '生成树 (STP)', usual: '默认',
    vlanId: 'VLAN 号', link: '承载于', isMember: '是 Bond 或网桥的成员，本身没有地址。', none: '不配 IPv4 地址', alsoDhcp4: '同时用 DHCP 获取 IPv4', more: '更多网络设置', slot: '按插槽或名称指定', gateway6: 'IPv6 网关', search: 'DNS 搜索域', acceptRa: '接受 IPv6 路由通告', routes: '静态路由', routeTo: '路由 {n} 的目的网段', routeVia: '路由 {n} 的下一跳', routeMetric: '路由 {n} 的度量', removeRoute: '删除路由 {n}', addRoute: '添加路由',
  },
};

export default machine;
export type MachineTexts = typeof machine;
