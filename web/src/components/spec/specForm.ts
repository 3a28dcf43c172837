import type { ProfileSettings } from '@/api/types';
import { emptyLayout, emptySelector, fromLayout, toLayout, type DiskChoice, type LayoutForm, type SelectorForm } from './diskForm';
import { fromInterface, toInterface, type NicForm } from './networkForm';
import { lines, number, words } from './words';

export { lines, words } from './words';
const lists = ['packages', 'ssh_keys', 'tags', 'scripts', 'kernel_arguments'] as const;
export type NoneField = (typeof lists)[number];
export interface VariableForm { name: string; value: string }
export interface ScriptForm { name: string; when: string; text: string }

/** What tasks, profiles and defaults have in common, as a person types it; what is empty says nothing. */
export interface SpecForm {
  osType: string;
  osVersion: string;
  network: '' | 'dhcp' | 'set';
  nics: NicForm[];
  disk: DiskChoice;
  diskText: string;
  rule: SelectorForm;
  layout: LayoutForm;
  packages: string;
  keys: string;
  tags: string;
  priority: string;
  timezone: string;
  locale: string;
  keyboard: string;
  kernel: string;
  variables: VariableForm[];
  scripts: ScriptForm[];
  method: string;
  /** Lists that say "none", which is more than nothing: nothing weaker is inherited. */
  none: NoneField[];
  /** What has no field in the form goes back as it came. */
  users?: ProfileSettings['users'];
}

export const emptySpec = (): SpecForm => ({ osType: '', osVersion: '', network: '', nics: [], disk: '', diskText: '', rule: emptySelector(), layout: emptyLayout(), packages: '', keys: '', tags: '', priority: '', timezone: '', locale: '', keyboard: '', kernel: '', variables: [], scripts: [], method: '', none: [] });

const given = (text: string) => text.trim() || undefined;

export function toSettings(form: SpecForm) {
  const some = <T>(field: NoneField, items: T[]) => (items.length > 0 || form.none.includes(field) ? items : undefined);
  const variables = form.variables.filter((variable) => variable.name.trim());
  return {
    os_type: given(form.osType), os_version: given(form.osVersion), disk_layout: toLayout(form),
    network: form.network === '' ? undefined : { interfaces: form.network === 'dhcp' ? [] : form.nics.map((nic) => toInterface(nic, form.nics)) },
    packages: some('packages', words(form.packages)), ssh_keys: some('ssh_keys', lines(form.keys)), tags: some('tags', words(form.tags)), priority: number(form.priority),
    timezone: given(form.timezone), locale: given(form.locale), keyboard: given(form.keyboard), kernel_arguments: some('kernel_arguments', form.kernel.split(/\s+/).filter(Boolean)), users: form.users ?? undefined,
    scripts: some('scripts', form.scripts.map((script) => ({ ...script, name: script.name.trim() }))), install_method: given(form.method),
    variables: variables.length > 0 ? Object.fromEntries(variables.map((variable) => [variable.name.trim(), variable.value])) : undefined,
  };
}

export function fromSettings(settings: Partial<ProfileSettings>): SpecForm {
  const nics = settings.network?.interfaces ?? [];
  return {
    ...fromLayout(settings.disk_layout), osType: settings.os_type ?? '', osVersion: settings.os_version ?? '',
    network: !settings.network ? '' : nics.length === 0 ? 'dhcp' : 'set', nics: nics.map(fromInterface),
    packages: (settings.packages ?? []).join(' '), keys: (settings.ssh_keys ?? []).join('\n'), tags: (settings.tags ?? []).join(' '), priority: settings.priority?.toString() ?? '',
    timezone: settings.timezone ?? '', locale: settings.locale ?? '', keyboard: settings.keyboard ?? '', kernel: (settings.kernel_arguments ?? []).join(' '), users: settings.users,
    scripts: (settings.scripts ?? []).map((script) => ({ ...script })), method: settings.install_method ?? '',
    none: lists.filter((field) => settings[field]?.length === 0),
    variables: Object.entries(settings.variables ?? {}).map(([name, value]) => ({ name, value })),
  };
}
