import type { Disk, Inventory } from '@/api/types';
import { binary, bytes, speed } from '@/format/size';

export interface Row { group: string; name: string; a: string; b: string }

type Facts = Map<string, Map<string, string>>;
type Translate = (key: string, named?: Record<string, unknown>) => string;

const corrections = ['none', 'parity', 'single_bit_ecc', 'multi_bit_ecc', 'crc'];
const joined = (...parts: (string | number | false | null | undefined)[]) => parts.filter((part) => part !== undefined && part !== null && part !== false && part !== '').join(' · ');

/** What a disk says of its health; hours and bytes written differ always and are left out. */
function healthOf(health: Disk['health'], t: Translate): string {
  if (!health) return '';
  return joined(
    health.passed != null && t(health.passed ? 'hw.healthy' : 'hw.failing'), health.wear_percent != null && t('hw.wear', { n: health.wear_percent }),
    Boolean(health.reallocated_sectors) && t('hw.reallocated', { n: health.reallocated_sectors! }), Boolean(health.pending_sectors) && t('hw.pending', { n: health.pending_sectors! }), Boolean(health.media_errors) && t('hw.errors', { n: health.media_errors! }),
  );
}

/** All that a person compares, by group and name; parts of one kind are numbered, since serial numbers always differ. */
function factsOf(hardware: Inventory | null | undefined, t: Translate): Facts {
  const facts: Facts = new Map();
  const put = (group: string, name: string, value: unknown) => {
    if (value === undefined || value === null || value === '') return;
    if (!facts.has(group)) facts.set(group, new Map());
    facts.get(group)!.set(name, typeof value === 'boolean' ? t(value ? 'machines.on' : 'machines.off') : String(value));
  };
  if (!hardware) return facts;
  const system = t('machines.hardware');
  put(system, t('compare.company'), hardware.company);
  put(system, t('compare.product'), hardware.product);
  put(system, t('field.model'), hardware.model_name);
  put(system, t('field.cpu'), hardware.cpu?.model);
  put(system, t('machines.architecture'), hardware.cpu?.architecture);
  if (hardware.cpu) put(system, t('compare.cores'), `${hardware.cpu.sockets ?? 0} × ${hardware.cpu.cores ?? 0} / ${hardware.cpu.threads ?? 0}`);
  put(system, t('compare.microcode'), hardware.cpu?.microcode);
  put(system, t('compare.numa'), hardware.cpu?.numa_nodes?.length || undefined);
  if (hardware.memory) put(system, t('field.memory'), `${hardware.memory.total_gb} GB`);
  put(system, t('hw.chassis'), joined(hardware.chassis?.type, hardware.chassis?.height_units && t('hw.units', { n: hardware.chassis.height_units })));
  put(system, t('hw.board'), joined(hardware.board?.manufacturer, hardware.board?.product, hardware.board?.version));
  if (hardware.tpm) put(system, t('hw.tpm'), hardware.tpm.present ? joined(hardware.tpm.version, hardware.tpm.vendor) || t('machines.on') : t('hw.absent'));
  const firmware = t('machines.firmware');
  put(firmware, t('compare.vendor'), hardware.firmware?.vendor);
  put(firmware, t('compare.version'), hardware.firmware?.version);
  put(firmware, t('compare.date'), hardware.firmware?.date);
  put(firmware, t('machines.bootMode'), hardware.firmware?.boot_mode?.toUpperCase());
  put(firmware, t('machines.secureBoot'), hardware.firmware?.secure_boot);
  put(firmware, t('machines.agent'), hardware.agent_version);
  const { bmc } = hardware;
  put(t('hw.bmc'), t('compare.address'), joined(bmc?.address, bmc?.ipv6_address, bmc?.address_source));
  put(t('hw.bmc'), t('field.mac'), bmc?.mac);
  put(t('hw.bmc'), 'VLAN', bmc?.vlan);
  put(t('hw.bmc'), t('compare.version'), bmc?.version);
  put(t('hw.bmc'), t('hw.maker'), bmc?.manufacturer);
  put(t('hw.bmc'), 'IPMI', bmc?.ipmi_version);
  const memory = t('hw.memory');
  if (hardware.memory?.slots) put(memory, t('compare.slots'), t('hw.slots', { used: hardware.memory.dimms?.length ?? 0, all: hardware.memory.slots }));
  const correction = hardware.memory?.error_correction;
  put(memory, t('compare.correction'), correction && corrections.includes(correction) ? t(`hw.ecc.${correction}`) : correction);
  hardware.memory?.dimms?.forEach((dimm, index) => {
    const rate = dimm.configured_speed_mts ?? dimm.speed_mts;
    put(memory, dimm.slot ?? String(index + 1), joined(binary(dimm.size_bytes), dimm.type, rate && `${rate} MT/s`, dimm.manufacturer, dimm.part_number));
  });
  hardware.disks?.forEach((disk, index) => {
    const group = `${t('field.disks')} ${index + 1}`;
    put(group, t('machines.device'), disk.device);
    put(group, t('machines.size'), bytes(disk.size_bytes));
    put(group, t('machines.type'), [disk.type, disk.transport].filter(Boolean).join(' · '));
    put(group, t('machines.model'), disk.model);
    put(group, t('machines.serial'), disk.serial);
    put(group, 'WWN', disk.wwn);
    put(group, t('machines.firmware'), disk.firmware);
    put(group, t('compare.bay'), disk.bay);
    put(group, t('hw.health'), healthOf(disk.health, t));
    put(group, t('compare.memberOf'), disk.member_of?.join(', '));
  });
  hardware.nics?.forEach((nic, index) => {
    const group = `${t('machines.nics')} ${index + 1}`;
    put(group, t('compare.name'), nic.name);
    put(group, t('field.mac'), nic.mac);
    put(group, t('machines.driver'), nic.driver);
    put(group, t('machines.link'), `${t(nic.link ? 'machines.up' : 'machines.down')} ${speed(nic.speed_mbps)}`.trim());
    put(group, t('machines.slot'), nic.pci_slot);
    put(group, t('machines.model'), nic.model);
    put(group, t('machines.firmware'), nic.firmware);
    put(group, t('compare.switch'), nic.lldp?.switch_name ?? nic.lldp?.chassis_id);
    put(group, t('compare.port'), joined(nic.lldp?.port, nic.lldp?.port_description));
    put(group, 'VLAN', nic.lldp?.vlan);
  });
  hardware.raid_controllers?.forEach((controller, index) => {
    const group = `${t('hw.raid')} ${index + 1}`;
    put(group, t('machines.model'), controller.model ?? controller.id);
    put(group, t('machines.firmware'), controller.firmware);
    put(group, t('hw.state'), controller.state);
    put(group, t('compare.battery'), controller.cache_battery);
    controller.arrays?.forEach((array) => put(group, `${t('hw.arrays')} ${array.id}`, joined(array.level?.toUpperCase(), bytes(array.size_bytes), array.state, array.disks?.join(' '))));
    controller.disks?.forEach((disk) => put(group, `${t('hw.physical')} ${disk.id}`, joined(disk.model, bytes(disk.size_bytes), disk.type, disk.firmware, disk.state, healthOf(disk.health, t))));
  });
  hardware.software_arrays?.forEach((array, index) => put(t('hw.software'), array.device ?? array.name ?? String(index + 1), joined(array.level?.toUpperCase(), bytes(array.size_bytes), array.state, array.devices?.join(' '))));
  hardware.volume_groups?.forEach((group) => put(t('hw.volumeGroups'), group.name, joined(bytes(group.size_bytes), group.physical_volumes?.join(' '))));
  hardware.gpus?.forEach((gpu, index) => put(t('hw.gpus'), gpu.slot ?? String(index + 1), joined(gpu.name, gpu.driver)));
  hardware.driverless_devices?.forEach((device) => put(t('machines.driverless'), device.slot, joined(device.name ?? device.id, device.class_name ?? device.class)));
  return facts;
}

/** Rows of both, in the order of the first and then what only the second has. */
export function hardwareRows(a: Inventory | null | undefined, b: Inventory | null | undefined, t: Translate): Row[] {
  const [left, right] = [factsOf(a, t), factsOf(b, t)];
  const rows: Row[] = [];
  for (const group of new Set([...left.keys(), ...right.keys()])) {
    const [one, other] = [left.get(group), right.get(group)];
    for (const name of new Set([...(one?.keys() ?? []), ...(other?.keys() ?? [])])) rows.push({ group, name, a: one?.get(name) ?? '', b: other?.get(name) ?? '' });
  }
  return rows;
}
