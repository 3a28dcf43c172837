import type { MachineSummary, TaskSpec } from '@/api/types';

/** What a person types; turned into what the service takes. */
export interface CreateForm {
  idc: string;
  sn: string;
  mac: string;
  osType: string;
  osVersion: string;
  hostname: string;
  notes: string;
  tags: string[];
  keys: string;
  packages: string;
  priority: string;
  notBefore: string;
  deadline: string;
  network: 'dhcp' | 'static';
  address: string;
  gateway: string;
  dns: string;
  disk: 'auto' | 'smallest' | 'largest' | 'serial';
  diskSerial: string;
}

export const emptyForm = (): CreateForm => ({
  idc: '', sn: '', mac: '', osType: '', osVersion: '', hostname: '', notes: '', tags: [], keys: '', packages: '', priority: '', notBefore: '', deadline: '',
  network: 'dhcp', address: '', gateway: '', dns: '', disk: 'auto', diskSerial: '',
});

export function fromMachine(form: CreateForm, machine: Pick<MachineSummary, 'idc' | 'sn' | 'mac'>): void {
  Object.assign(form, { idc: machine.idc, sn: machine.sn, mac: machine.mac ?? '' });
}

const list = (text: string, separator: RegExp) => text.split(separator).map((part) => part.trim()).filter(Boolean);
const some = <T>(items: T[]) => (items.length > 0 ? items : undefined);
const text = (value: string) => value.trim() || undefined;
const time = (local: string) => (local ? new Date(local).toISOString() : undefined);

export function toSpec(form: CreateForm): TaskSpec {
  return {
    idc: form.idc.trim(), sn: form.sn.trim(), mac: form.mac.trim(), os_type: form.osType.trim(), os_version: text(form.osVersion), hostname: text(form.hostname), notes: text(form.notes),
    tags: some(form.tags), ssh_keys: some(list(form.keys, /\n/)), packages: some(list(form.packages, /[\s,]+/)), priority: form.priority.trim() ? Number(form.priority) : undefined,
    not_before: time(form.notBefore), deadline: time(form.deadline),
    network: form.network === 'static' ? { interfaces: [{ dhcp4: false, addresses: list(form.address, /[\s,]+/), gateway: text(form.gateway), dns: list(form.dns, /[\s,]+/) }] } : undefined,
    disk_layout: disk(form),
  };
}

function disk(form: CreateForm): TaskSpec['disk_layout'] {
  if (form.disk === 'auto') return undefined;
  return { disk: form.disk === 'serial' ? { serial: form.diskSerial.trim() } : { prefer: form.disk } };
}
