import type { Inventory } from '@/api/types';
import { bytes, speed } from '@/format/size';

export interface Row { group: string; name: string; a: string; b: string }

type Facts = Map<string, Map<string, string>>;

/** All that a person compares, by group and name; parts of one kind are numbered, since serial numbers always differ. */
function factsOf(hardware: Inventory | null | undefined, t: (key: string, named?: Record<string, unknown>) => string): Facts {
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
  if (hardware.memory) put(system, t('field.memory'), `${hardware.memory.total_gb} GB`);
  const firmware = t('machines.firmware');
  put(firmware, t('compare.vendor'), hardware.firmware?.vendor);
  put(firmware, t('compare.version'), hardware.firmware?.version);
  put(firmware, t('compare.date'), hardware.firmware?.date);
  put(firmware, t('machines.bootMode'), hardware.firmware?.boot_mode?.toUpperCase());
  put(firmware, t('machines.secureBoot'), hardware.firmware?.secure_boot);
  put(firmware, t('machines.agent'), hardware.agent_version);
  hardware.disks?.forEach((disk, index) => {
    const group = `${t('field.disks')} ${index + 1}`;
    put(group, t('machines.device'), disk.device);
    put(group, t('machines.size'), bytes(disk.size_bytes));
    put(group, t('machines.type'), [disk.type, disk.transport].filter(Boolean).join(' · '));
    put(group, t('machines.model'), disk.model);
    put(group, t('machines.serial'), disk.serial);
    put(group, 'WWN', disk.wwn);
  });
  hardware.nics?.forEach((nic, index) => {
    const group = `${t('machines.nics')} ${index + 1}`;
    put(group, t('compare.name'), nic.name);
    put(group, t('field.mac'), nic.mac);
    put(group, t('machines.driver'), nic.driver);
    put(group, t('machines.link'), `${t(nic.link ? 'machines.up' : 'machines.down')} ${speed(nic.speed_mbps)}`.trim());
    put(group, t('machines.slot'), nic.pci_slot);
  });
  hardware.driverless_devices?.forEach((device) => put(t('machines.driverless'), device.slot, [device.id, device.class].filter(Boolean).join(' ')));
  return facts;
}

/** Rows of both, in the order of the first and then what only the second has. */
export function hardwareRows(a: Inventory | null | undefined, b: Inventory | null | undefined, t: (key: string, named?: Record<string, unknown>) => string): Row[] {
  const [left, right] = [factsOf(a, t), factsOf(b, t)];
  const rows: Row[] = [];
  for (const group of new Set([...left.keys(), ...right.keys()])) {
    const [one, other] = [left.get(group), right.get(group)];
    for (const name of new Set([...(one?.keys() ?? []), ...(other?.keys() ?? [])])) rows.push({ group, name, a: one?.get(name) ?? '', b: other?.get(name) ?? '' });
  }
  return rows;
}
