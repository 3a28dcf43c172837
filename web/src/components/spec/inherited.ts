import type { SettingsOrigin, TaskSpec } from '@/api/types';
import { i18n } from '@/i18n';

const t = (key: string, values: Record<string, unknown> = {}) => i18n.global.t(key, values);

/** "IDC dc1", "profile web@3": the layer that a value comes from. */
export const originText = (origin: SettingsOrigin) => t(`spec.layer.${origin.layer}`, { name: origin.name ?? '' });

/** One value of a specification on a line. */
export function valueText(field: string, spec: Partial<TaskSpec>): string {
  switch (field) {
    case 'network': return (spec.network?.interfaces ?? []).map((nic) => [nic.mac, nic.addresses?.length ? nic.addresses.join(', ') : 'DHCP', nic.gateway && `→ ${nic.gateway}`, nic.dns?.length && `DNS ${nic.dns.join(', ')}`].filter(Boolean).join(' ')).join('; ') || 'DHCP';
    case 'disk_layout': return Object.entries(spec.disk_layout?.disk ?? {}).filter(([, value]) => value).map(([name, value]) => (name === 'prefer' ? t(`create.disk${value === 'smallest' ? 'Smallest' : 'Largest'}`) : `${t(`spec.diskBy.${name}`)} ${String(value)}`)).join(', ') || t('create.diskAuto');
    case 'ssh_keys': return t('spec.keys', { n: spec.ssh_keys?.length ?? 0 });
    case 'scripts': return (spec.scripts ?? []).map((script) => script.name).join(', ') || t('spec.none');
    case 'packages': return spec.packages?.join(' ') || t('spec.none');
    case 'tags': return spec.tags?.join(' ') || t('spec.none');
    default:
      if (field.startsWith('variables.')) return spec.variables?.[field.slice('variables.'.length)] ?? '';
      return String((spec as Record<string, unknown>)[field] ?? '');
  }
}

/** What holds for a field that was left empty, and why: for a line under it. */
export function inheritedText(field: string, spec: Partial<TaskSpec>, origins: Record<string, SettingsOrigin>): string {
  const found = Object.entries(origins).filter(([name]) => name === field || (field === 'variables' && name.startsWith('variables.')));
  return found.map(([name, origin]) => t('spec.effective', { value: `${name.startsWith('variables.') ? `${name.slice(10)}=` : ''}${valueText(name, spec).slice(0, 300)}`, origin: originText(origin) })).join('\n');
}
