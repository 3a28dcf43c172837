import { words } from '@/components/spec/specForm';

/** As the service's CSV names them; the first twelve are always in sight. */
export const columns = [
  'idc', 'sn', 'mac', 'os_type', 'os_version', 'profile', 'hostname', 'address', 'gateway', 'dns', 'tags', 'notes',
  'disk_serial', 'disk_prefer', 'packages', 'ssh_keys', 'not_before', 'deadline', 'install_method',
] as const;
export type Column = (typeof columns)[number];
export const usual: readonly Column[] = columns.slice(0, 12);
export const needed: readonly Column[] = ['idc', 'sn', 'mac', 'os_type'];
export type Cells = Partial<Record<Column, string>>;

const list = (cell: string | undefined) => (cell?.trim() ? words(cell) : undefined);
const text = (cell: string | undefined) => cell?.trim() || undefined;

/** "2026-12-31 22:00" as a spreadsheet writes it is meant as this browser's time; anything else goes as it is, for the service to judge. */
function time(cell: string | undefined): string | undefined {
  const given = text(cell);
  const match = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T](\d{1,2}):(\d{2})(?::\d{2})?$/.exec(given ?? '');
  return match ? new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]), Number(match[4]), Number(match[5])).toISOString() : given;
}

/** The body of a task; what the service's own CSV reader would make of the row. */
export function toTask(cells: Cells): Record<string, unknown> {
  const addresses = list(cells.address);
  const dns = list(cells.dns);
  const gateway = text(cells.gateway);
  const serial = text(cells.disk_serial);
  const prefer = text(cells.disk_prefer);
  return {
    idc: text(cells.idc), sn: text(cells.sn), mac: text(cells.mac), os_type: text(cells.os_type), os_version: text(cells.os_version), profile: text(cells.profile), hostname: text(cells.hostname),
    network: addresses || dns || gateway ? { interfaces: [{ dhcp4: !addresses, addresses, gateway, dns }] } : undefined,
    disk_layout: serial || prefer ? { disk: { serial, prefer } } : undefined,
    packages: list(cells.packages), ssh_keys: cells.ssh_keys?.trim() ? cells.ssh_keys.split(/[;；\n]/).map((key) => key.trim()).filter(Boolean) : undefined, tags: list(cells.tags),
    notes: text(cells.notes), not_before: time(cells.not_before), deadline: time(cells.deadline), install_method: text(cells.install_method),
  };
}

/** The column at which the service's complaint about a field belongs; undefined where it is about the whole row. */
export function columnOf(field: string): Column | undefined {
  const name = field.replace(/\[\d+\]/g, '');
  if (name === 'network' || name.startsWith('network.interfaces.addresses') || name === 'network.interfaces') return 'address';
  if (name.startsWith('network.interfaces.')) return name.endsWith('gateway') ? 'gateway' : name.endsWith('dns') ? 'dns' : 'mac';
  if (name.startsWith('disk_layout')) return name.endsWith('prefer') ? 'disk_prefer' : 'disk_serial';
  return (columns as readonly string[]).includes(name) ? (name as Column) : undefined;
}
