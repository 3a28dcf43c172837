import type { Disk, TaskSpec } from '@/api/types';
import { number } from './words';

type Layout = NonNullable<TaskSpec['disk_layout']>;
type Selector = NonNullable<Layout['disk']>;

/** Which disk or disks, as a person types it. */
export interface SelectorForm { array: string; serial: string; wwn: string; device: string; path: string; model: string; minSize: string; maxSize: string; kind: '' | 'flash' | 'hdd'; transport: string; prefer: string; count: string; equal: string }
export interface PartForm { name: string; role: string; size: string; fileSystem: string; mountPoint: string; /** "array:root", "group:system": what it is a part of. */ into: string; encrypted: boolean }
export interface GroupForm { name: string; disk: SelectorForm; partitions: PartForm[] }
export interface ArrayForm { name: string; level: string; fileSystem: string; mountPoint: string; into: string; encrypted: boolean }
export interface VolumeForm { name: string; size: string; fileSystem: string; mountPoint: string; encrypted: boolean }
export interface VolumeGroupForm { name: string; volumes: VolumeForm[] }
/** Preset, or `own`: groups, arrays and volume groups. */
export interface LayoutForm { preset: string; rootFileSystem: string; swapFile: string; wipe: string; /** Of LUKS2; as it was read (sealed:…) it may be sent again. */ passphrase: string; /** What opens it at each start; '' is the passphrase. */ unlock: '' | 'tpm'; /** As typed: '0, 7'; '-' is none. */ tpmPcrs: string; groups: GroupForm[]; arrays: ArrayForm[]; volumeGroups: VolumeGroupForm[] }
export type DiskChoice = '' | 'auto' | 'smallest' | 'largest' | 'serial' | 'wwn' | 'device' | 'model' | 'array' | 'rule';

export const marks = ['serial', 'wwn', 'device', 'model', 'array'] as const;
export const presets = ['plain', 'lvm', 'raid1', 'raid1-lvm', 'raid10'] as const;
/** Those whose /boot lies apart from the rest. */
export const encryptable: readonly string[] = ['lvm', 'raid1-lvm', 'raid10', 'own'];
export const wipes = ['none', 'quick', 'secure', 'overwrite'] as const;
export const transports = ['nvme', 'sata', 'sas', 'scsi', 'usb', 'virtio'] as const;
export const roles = ['bios_boot', 'esp', 'boot', 'root', 'swap', 'data'] as const;
export const fileSystems = ['ext4', 'xfs', 'btrfs', 'vfat', 'swap'] as const;

export const emptySelector = (): SelectorForm => ({ array: '', serial: '', wwn: '', device: '', path: '', model: '', minSize: '', maxSize: '', kind: '', transport: '', prefer: '', count: '', equal: '' });
export const emptyLayout = (): LayoutForm => ({ preset: '', rootFileSystem: '', swapFile: '', wipe: '', passphrase: '', unlock: '', tpmPcrs: '', groups: [], arrays: [], volumeGroups: [] });
export const emptyPart = (): PartForm => ({ name: '', role: 'data', size: 'rest', fileSystem: 'ext4', mountPoint: '', into: '', encrypted: false });
export const emptyVolume = (): VolumeForm => ({ name: '', size: '', fileSystem: 'ext4', mountPoint: '', encrypted: false });

const given = (text: string) => text.trim() || undefined;
const member = (into: string, kind: 'array' | 'group') => (into.startsWith(`${kind}:`) ? into.slice(6) : undefined);
const pcrs = (text: string) => (text.trim() === '-' ? [] : text.trim() ? text.split(/[\s,+]+/).filter(Boolean).map((one) => number(one)!) : undefined);
const some = <T extends object>(value: T) => (Object.values(value).some((one) => one !== undefined) ? value : undefined);

export const toSelector = (form: SelectorForm): Selector | undefined => some({
  array: given(form.array), serial: given(form.serial), wwn: given(form.wwn), device: given(form.device), path: given(form.path), model: given(form.model), min_size: given(form.minSize), max_size: given(form.maxSize),
  rotational: form.kind === '' ? undefined : form.kind === 'hdd', transport: given(form.transport), prefer: given(form.prefer), count: number(form.count), equal: number(form.equal),
});

export const fromSelector = (disk: Selector | null | undefined): SelectorForm => ({
  array: disk?.array ?? '', serial: disk?.serial ?? '', wwn: disk?.wwn ?? '', device: disk?.device ?? '', path: disk?.path ?? '', model: disk?.model ?? '', minSize: disk?.min_size ?? '', maxSize: disk?.max_size ?? '',
  kind: disk?.rotational == null ? '' : disk.rotational ? 'hdd' : 'flash', transport: disk?.transport ?? '', prefer: disk?.prefer ?? '', count: disk?.count?.toString() ?? '', equal: disk?.equal?.toString() ?? '',
});

interface Fields { disk: DiskChoice; diskText: string; rule: SelectorForm; layout: LayoutForm }

export function toLayout(form: Fields): TaskSpec['disk_layout'] {
  const { preset, groups, arrays, volumeGroups } = form.layout;
  const passphrase = given(form.layout.passphrase);
  const both = { swap_file: given(form.layout.swapFile), wipe: given(form.layout.wipe), encryption: passphrase ? { passphrase, ...(form.layout.unlock ? { unlock: form.layout.unlock, tpm_pcrs: pcrs(form.layout.tpmPcrs) } : {}) } : undefined };
  if (preset === 'own') {
    return {
      ...both,
      disks: groups.map((group) => ({
        name: group.name.trim(), disk: toSelector(group.disk),
        partitions: group.partitions.map((part) => ({ name: given(part.name), role: given(part.role), size: given(part.size), file_system: part.into ? undefined : given(part.fileSystem), mount_point: part.into ? undefined : given(part.mountPoint), array: member(part.into, 'array'), volume_group: member(part.into, 'group'), encrypted: part.encrypted || undefined })),
      })),
      arrays: arrays.length ? arrays.map((array) => ({ name: array.name.trim(), level: Number(array.level), file_system: array.into ? undefined : given(array.fileSystem), mount_point: array.into ? undefined : given(array.mountPoint), volume_group: member(array.into, 'group'), encrypted: array.encrypted || undefined })) : undefined,
      volume_groups: volumeGroups.length ? volumeGroups.map((group) => ({ name: group.name.trim(), volumes: group.volumes.map((volume) => ({ name: volume.name.trim(), size: given(volume.size), file_system: given(volume.fileSystem), mount_point: given(volume.mountPoint), encrypted: volume.encrypted || undefined })) })) : undefined,
    };
  }
  const layout = { ...both, preset: given(preset), root_file_system: given(form.layout.rootFileSystem), disk: selectorOf(form) };
  return form.disk === 'auto' ? layout : some(layout);
}

function selectorOf(form: Fields): Selector | undefined {
  switch (form.disk) {
    case '': case 'auto': return undefined;
    case 'smallest': case 'largest': return { prefer: form.disk };
    case 'rule': return toSelector(form.rule);
    default: return { [form.disk]: form.diskText.trim() };
  }
}

export function fromLayout(layout: TaskSpec['disk_layout'] | null | undefined): Fields {
  const form: Fields = { disk: layout ? 'auto' : '', diskText: '', rule: emptySelector(), layout: emptyLayout() };
  if (!layout) return form;
  const said = Object.entries(layout.disk ?? {}).filter(([, value]) => value != null && value !== '');
  const [name, value] = said[0] ?? [];
  if (said.length === 1 && (marks as readonly string[]).includes(name!)) Object.assign(form, { disk: name, diskText: value });
  else if (said.length === 1 && name === 'prefer') form.disk = value as DiskChoice;
  else if (said.length > 0) Object.assign(form, { disk: 'rule', rule: fromSelector(layout.disk) });
  form.layout = { ...fromParts(layout), preset: layout.disks?.length ? 'own' : (layout.preset ?? ''), rootFileSystem: layout.root_file_system ?? '', swapFile: layout.swap_file ?? '', wipe: layout.wipe ?? '', passphrase: layout.encryption?.passphrase ?? '', unlock: layout.encryption?.unlock === 'tpm' ? 'tpm' : '', tpmPcrs: layout.encryption?.tpm_pcrs ? layout.encryption.tpm_pcrs.join(', ') || '-' : '' };
  return form;
}

/** Whether a layout is said at all, and whether by more than the choice of a disk. */
export const saysLayout = (form: Fields) => toLayout(form) !== undefined;
export const saysMore = (form: Fields) => toLayout({ ...form, disk: '' }) !== undefined;

/** A layout goes as a whole: who changes one field of what is inherited keeps the rest of it, and sees it. */
export function adopt(form: Fields, inherited: TaskSpec['disk_layout'] | null | undefined): void {
  if (!inherited) return;
  const base = fromLayout(inherited);
  const own = form.layout;
  const empty = emptyLayout();
  const changed = (Object.keys(empty) as (keyof LayoutForm)[]).filter((name) => JSON.stringify(own[name]) !== JSON.stringify(empty[name]));
  form.layout = { ...base.layout, ...Object.fromEntries(changed.map((name) => [name, own[name]])) };
  if (form.disk === '') return void Object.assign(form, { disk: base.disk, diskText: base.diskText, rule: base.rule });
  // The one group of a layout of somebody's own lies on the disk that was chosen.
  if (form.layout.preset !== 'own' || form.layout.groups.length !== 1) return;
  form.layout.groups[0]!.disk = fromSelector(selectorOf(form));
  Object.assign(form, { disk: 'auto', diskText: '', rule: emptySelector() });
}

/** Groups, arrays and volume groups of a layout of somebody's own, or of that which a preset stands for. */
export function fromParts(layout: Layout): Pick<LayoutForm, 'groups' | 'arrays' | 'volumeGroups'> {
  const into = (one: { array?: string | null; volume_group?: string | null }) => (one.array ? `array:${one.array}` : one.volume_group ? `group:${one.volume_group}` : '');
  return {
    groups: (layout.disks ?? []).map((group) => ({
      name: group.name, disk: fromSelector(group.disk),
      partitions: group.partitions.map((part) => ({ name: part.name ?? '', role: part.role ?? '', size: part.size ?? '', fileSystem: part.file_system ?? '', mountPoint: part.mount_point ?? '', into: into(part), encrypted: part.encrypted ?? false })),
    })),
    arrays: (layout.arrays ?? []).map((array) => ({ name: array.name, level: String(array.level), fileSystem: array.file_system ?? '', mountPoint: array.mount_point ?? '', into: into(array), encrypted: array.encrypted ?? false })),
    volumeGroups: (layout.volume_groups ?? []).map((group) => ({ name: group.name, volumes: group.volumes.map((volume) => ({ name: volume.name, size: volume.size ?? '', fileSystem: volume.file_system ?? '', mountPoint: volume.mount_point ?? '', encrypted: volume.encrypted ?? false })) })),
  };
}

/** The mark by which a disk is known again best: what its maker gave it, before where it happens to be. */
export function markOf(disk: Disk): { disk: DiskChoice; diskText: string } {
  if (disk.serial) return { disk: 'serial', diskText: disk.serial };
  if (disk.wwn) return { disk: 'wwn', diskText: disk.wwn };
  return { disk: 'device', diskText: disk.device };
}
