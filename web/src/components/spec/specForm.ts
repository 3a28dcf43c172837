import type { Disk, ProfileSettings, TaskSpec } from '@/api/types';

/** One network interface as a person types it. */
export interface NicForm { mac: string; dhcp: boolean; addresses: string; gateway: string; dns: string }
export interface VariableForm { name: string; value: string }
export interface ScriptForm { name: string; when: string; text: string }

export type DiskChoice = '' | 'auto' | 'smallest' | 'largest' | 'serial' | 'wwn' | 'device' | 'model';

/** What tasks, profiles and defaults have in common, as a person types it; what is empty says nothing. */
export interface SpecForm {
  osType: string;
  osVersion: string;
  network: '' | 'dhcp' | 'set';
  nics: NicForm[];
  disk: DiskChoice;
  diskText: string;
  packages: string;
  keys: string;
  tags: string;
  priority: string;
  variables: VariableForm[];
  scripts: ScriptForm[];
  method: string;
}

export const emptyNic = (): NicForm => ({ mac: '', dhcp: false, addresses: '', gateway: '', dns: '' });
export const emptySpec = (): SpecForm => ({ osType: '', osVersion: '', network: '', nics: [], disk: '', diskText: '', packages: '', keys: '', tags: '', priority: '', variables: [], scripts: [], method: '' });

export const words = (text: string) => text.split(/[\s,;，；、]+/).filter(Boolean);
export const lines = (text: string) => text.split(/\n/).map((line) => line.trim()).filter(Boolean);
const some = <T>(items: T[]) => (items.length > 0 ? items : undefined);
const given = (text: string) => text.trim() || undefined;

export function toSettings(form: SpecForm) {
  const variables = form.variables.filter((variable) => variable.name.trim());
  return {
    os_type: given(form.osType), os_version: given(form.osVersion), network: network(form), disk_layout: disk(form),
    packages: some(words(form.packages)), ssh_keys: some(lines(form.keys)), tags: some(words(form.tags)), priority: form.priority.trim() ? Number(form.priority) : undefined,
    scripts: some(form.scripts.map((script) => ({ ...script, name: script.name.trim() }))), install_method: given(form.method),
    variables: variables.length > 0 ? Object.fromEntries(variables.map((variable) => [variable.name.trim(), variable.value])) : undefined,
  };
}

function network(form: SpecForm): TaskSpec['network'] {
  if (form.network === '') return undefined;
  if (form.network === 'dhcp') return { interfaces: [] };
  return {
    interfaces: form.nics.map((nic) => ({ mac: given(nic.mac), dhcp4: nic.dhcp, addresses: nic.dhcp ? [] : words(nic.addresses), gateway: nic.dhcp ? undefined : given(nic.gateway), dns: words(nic.dns) })),
  };
}

function disk(form: SpecForm): TaskSpec['disk_layout'] {
  switch (form.disk) {
    case '': return undefined;
    case 'auto': return {};
    case 'smallest': case 'largest': return { disk: { prefer: form.disk } };
    default: return { disk: { [form.disk]: form.diskText.trim() } };
  }
}

export function fromSettings(settings: Partial<ProfileSettings>): SpecForm {
  const chosen = settings.disk_layout?.disk;
  const by = (['serial', 'wwn', 'device', 'model'] as const).find((name) => chosen?.[name]);
  const nics = settings.network?.interfaces ?? [];
  return {
    osType: settings.os_type ?? '', osVersion: settings.os_version ?? '',
    network: !settings.network ? '' : nics.length === 0 ? 'dhcp' : 'set',
    nics: nics.map((nic) => ({ mac: nic.mac ?? '', dhcp: nic.dhcp4 ?? true, addresses: (nic.addresses ?? []).join(', '), gateway: nic.gateway ?? '', dns: (nic.dns ?? []).join(', ') })),
    disk: !settings.disk_layout ? '' : by ?? (chosen?.prefer as DiskChoice | undefined) ?? 'auto', diskText: by ? chosen![by]! : '',
    packages: (settings.packages ?? []).join(' '), keys: (settings.ssh_keys ?? []).join('\n'), tags: (settings.tags ?? []).join(' '), priority: settings.priority?.toString() ?? '',
    scripts: (settings.scripts ?? []).map((script) => ({ ...script })), method: settings.install_method ?? '',
    variables: Object.entries(settings.variables ?? {}).map(([name, value]) => ({ name, value })),
  };
}

/** The mark by which a disk is known again best: what its maker gave it, before where it happens to be. */
export function markOf(disk: Disk): { disk: DiskChoice; diskText: string } {
  if (disk.serial) return { disk: 'serial', diskText: disk.serial };
  if (disk.wwn) return { disk: 'wwn', diskText: disk.wwn };
  return { disk: 'device', diskText: disk.device };
}
