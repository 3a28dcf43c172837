import type { MachineTexts } from './machine.zh-CN';

const machine: MachineTexts = {
  hw: {
    chassis: 'Chassis', board: 'Mainboard', tpm: 'TPM', bmc: 'BMC', assetTag: 'Asset tag', units: '{n}U', absent: 'none', microcode: 'microcode {n}', maxMhz: 'up to {n} MHz', flags: 'Instruction sets', numa: 'NUMA node {n}: CPUs {cpus}, {memory}',
    memory: 'Memory modules', slots: '{used} of {all} slots', slot: 'Slot', speed: 'Speed', maker: 'Maker', part: 'Part', serial: 'Serial', ecc: { none: 'no error correction', parity: 'parity', single_bit_ecc: 'ECC (single bit)', multi_bit_ecc: 'ECC (multi bit)', crc: 'CRC' },
    disks: 'Disks', health: 'Health', healthy: 'healthy', failing: 'replace it', unknown: 'not known', wear: '{n}% worn', reallocated: '{n} reallocated sectors', pending: '{n} pending sectors', errors: '{n} media errors', hours: '{n} h powered on', temperature: '{n} °C', written: '{size} written', bay: 'bay {n}', memberOf: 'part of {names}',
    nics: 'Network', switch: 'Switch and port', nothingHeard: 'no LLDP heard', vlan: 'VLAN {n}', firmware: 'firmware {n}', raid: 'RAID controllers', arrays: 'Arrays', physical: 'Physical disks', noTool: 'No program for this controller in the boot image: arrays and disks are not known', battery: 'Cache battery: {state}', level: 'Level', state: 'State',
    software: 'Software RAID', volumeGroups: 'LVM volume groups', multipath: 'Multipath', free: '{size} free', degraded: '{n} members missing', gpus: 'Accelerators', pci: 'PCI devices ({n})', warnings: 'What could not be read', name: 'Name', class: 'Class', driver: 'Driver', noDriver: 'no driver',
  },
  layout: {
    title: 'Disk layout', usual: 'Default: one disk', own: 'A layout of your own…', startFrom: 'Start from a preset', presets: { plain: 'One disk (EFI, root)', lvm: 'One disk with LVM', raid1: 'Two disks, RAID 1', 'raid1-lvm': 'Two disks, RAID 1 with LVM', raid10: 'Four disks, RAID 10' },
    rootFileSystem: 'Root file system', usualRoot: 'Default (ext4)', wipe: 'Wipe old data', wipes: { usual: 'Default: clear labels', none: 'Clear labels only', quick: 'Quick (seconds)', secure: 'Secure (may take hours)' }, swapFile: 'Swap file size', rule: 'By rules…', which: 'Which disks', any: 'Any', flash: 'Flash (SSD, NVMe)', hdd: 'Hard disk',
    by: { serial: 'Serial number', wwn: 'WWN', device: 'Device path', path: 'Port (by-path)', model: 'Model (* allowed)', minSize: 'At least', maxSize: 'At most', kind: 'Medium', transport: 'Interface', prefer: 'Prefer', count: 'How many', equal: 'So many equal ones' },
    group: 'Disk group {n}', name: 'Name', role: 'Role', size: 'Size', partOf: 'Part of', itself: '(by itself)', fileSystem: 'File system', mountPoint: 'Mount point', level: 'Level', volume: 'Volume', addPart: 'Partition', addVolume: 'Volume', addGroup: 'Disk group', removePart: 'Remove partition {n}', removeVolume: 'Remove volume {n}', removeArray: 'Remove RAID {name}', removeGroup: 'Remove disk group {n}', removeVolumeGroup: 'Remove LVM {name}',
    sizes: 'Sizes: 20GB, 512MiB, 30% (of the disk or group), or rest (what is left; one on each disk or group).', roles: { bios_boot: 'BIOS boot', esp: 'EFI system', boot: '/boot', root: 'root', swap: 'swap', data: 'data' }, kinds: { disk: 'disk', partition: 'partition', array: 'RAID', volume_group: 'volume group', volume: 'volume', swap_file: 'swap file' },
    kind: 'Kind', on: 'On', table: 'What will be on the disks', free: 'unused', verdicts: 'Each disk of this server', choice: 'Chosen', verdict: { chosen: 'will be written', fits: 'fits, not chosen', not: 'does not fit' }, regional: 'Time zone and language',
    method: { nvme_sanitize_crypto: 'NVMe crypto erase (sanitize)', nvme_sanitize_block: 'NVMe block erase (sanitize)', nvme_format_crypto: 'NVMe format (crypto erase)', nvme_format: 'NVMe format', ata_enhanced_secure_erase: 'ATA enhanced secure erase', ata_secure_erase: 'ATA secure erase', discard: 'discard all blocks', overwrite: 'overwrite all', edges: 'clear both ends and the edges of partitions' },
  },
  net: {
    set: 'Set it up…', name: 'Name', kinds: { ethernet: 'Interface', bond: 'Bond', vlan: 'VLAN', bridge: 'Bridge' }, remove: 'Remove {name}', bondMode: 'Bond mode', modes: { lacp: 'LACP (802.3ad)', backup: 'Active-backup' }, hash: 'Hash policy', lacpRate: 'LACP rate', primary: 'Preferred member', miimon: 'Link check (ms)', members: 'Members', ports: 'Ports', noOthers: 'First add interfaces and name them', stp: 'Spanning tree (STP)', usual: 'Default',
    vlanId: 'VLAN id', link: 'On top of', isMember: 'Member of a bond or bridge: it has no address of its own.', none: 'No address', more: 'More network settings', slot: 'By slot or name', gateway6: 'IPv6 gateway', search: 'DNS search domains', acceptRa: 'Accept IPv6 router advertisements', routes: 'Static routes', routeTo: 'Destination of route {n}', routeVia: 'Router of route {n}', routeMetric: 'Metric of route {n}', removeRoute: 'Remove route {n}', addRoute: 'Add a route',
  },
};

export default machine;
