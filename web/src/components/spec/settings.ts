import type { ProfileSettings } from '@/api/types';
import { i18n } from '@/i18n';
import { valueText } from './inherited';

/** In the order of the form. */
const order = ['os_type', 'os_version', 'hostname', 'network', 'disk_layout', 'ssh_keys', 'tags', 'packages', 'priority', 'install_method', 'scripts', 'users', 'timezone', 'locale', 'keyboard', 'kernel_arguments', 'description'] as const;
type Settings = ProfileSettings & { description?: string | null };

export const fieldLabel = (field: string) => (field.startsWith('variables.') ? field.slice('variables.'.length) : i18n.global.t(`spec.field.${field}`));

/** The fields that say something; each variable by itself. */
export function givenFields(settings: Settings): string[] {
  const fields = order.filter((field) => settings[field] !== null && settings[field] !== undefined);
  return [...fields, ...Object.keys(settings.variables ?? {}).sort().map((name) => `variables.${name}`)];
}

/** The whole of a value, for people who compare. */
export function wholeText(field: string, settings: Settings): string {
  if (field === 'ssh_keys') return (settings.ssh_keys ?? []).join('\n');
  if (field === 'scripts') return (settings.scripts ?? []).map((script) => `# ${script.name} (${script.when})\n${script.text}`).join('\n');
  if (field === 'description') return settings.description ?? '';
  return givenFields(settings).includes(field) ? valueText(field, settings as never) : '';
}

export function settingsDifferences(before: Settings, now: Settings) {
  return [...new Set([...givenFields(before), ...givenFields(now)])]
    .map((field) => ({ key: field, label: fieldLabel(field), before: wholeText(field, before), now: wholeText(field, now) }))
    .filter((one) => one.before !== one.now);
}
