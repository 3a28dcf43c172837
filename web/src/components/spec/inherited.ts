import type { SettingsOrigin, TaskSpec } from '@/api/types';
import { i18n } from '@/i18n';
import { interfaceText } from './networkForm';

const t = (key: string, values: Record<string, unknown> = {}) => i18n.global.t(key, values);

/** "IDC dc1", "profile web@3": the layer that a value comes from. */
export const originText = (origin: SettingsOrigin) => t(`spec.layer.${origin.layer}`, { name: origin.name ?? '' });

function layoutText(layout: TaskSpec['disk_layout']): string {
  const disk = Object.entries(layout?.disk ?? {}).filter(([, value]) => value != null && value !== '').map(([name, value]) => (name === 'prefer' ? t(`create.disk${value === 'smallest' ? 'Smallest' : 'Largest'}`) : `${name} ${String(value)}`));
  const parts = [
    layout?.disks?.length ? t('layout.own') : layout?.preset ? t(`layout.presets.${layout.preset}`) : '', ...(layout?.disks ?? []).map((group) => `${group.name}: ${group.partitions.map((part) => [part.array ?? part.volume_group ?? part.mount_point ?? part.role, part.size].filter(Boolean).join(' ')).join(', ')}`),
    ...disk, layout?.root_file_system, layout?.swap_file && `swap ${layout.swap_file}`, layout?.wipe && t(`layout.wipes.${layout.wipe}`), layout?.encryption && t('layout.encrypted') + (layout.encryption.unlock === 'tpm' ? ` (${t('layout.unlocks.tpm')})` : ''),
  ];
  return parts.filter(Boolean).join(' · ') || t('create.diskAuto');
}

/** One value of a specification on a line. */
export function valueText(field: string, spec: Partial<TaskSpec>): string {
  switch (field) {
    case 'network': return (spec.network?.interfaces ?? []).map((nic) => interfaceText(nic, 'DHCP')).join('; ') || 'DHCP';
    case 'disk_layout': return layoutText(spec.disk_layout);
    case 'users': return (spec.users ?? []).map((user) => user.name).join(', ') || t('spec.none');
    case 'kernel_arguments': return spec.kernel_arguments?.join(' ') || t('spec.none');
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
