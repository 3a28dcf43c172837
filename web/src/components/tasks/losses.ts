import type { Disk, InstallPlan, Inventory } from '@/api/types';
import { bytes } from '@/format/size';

/** What is on the disk that a plan names: nothing, something, or nobody knows; or it names none. */
export type Stakes = { kind: 'empty' | 'data' | 'unknown' | 'none'; disk?: Disk };

/** The planned disk among those that the machine reported: by the same marks by which the agent knows it again. */
export function plannedDisk(plan: InstallPlan, hardware: Inventory | null | undefined): Disk | undefined {
  const disks = hardware?.disks ?? [];
  if (!plan.disk) return undefined;
  const { wwn, serial, device } = plan.disk;
  return disks.find((disk) => wwn && disk.wwn === wwn) ?? disks.find((disk) => serial && disk.serial === serial) ?? disks.find((disk) => !wwn && !serial && disk.device === device);
}

export function isEmpty(disk: Disk): boolean | undefined {
  const content = disk.content;
  if (!content) return undefined;
  return !content.partition_table && !content.signature && (content.partitions?.length ?? 0) === 0;
}

export function stakesOf(plan: InstallPlan | null | undefined, hardware: Inventory | null | undefined): Stakes {
  if (plan && !plan.disk) return { kind: 'none' };
  const disk = plan ? plannedDisk(plan, hardware) : undefined;
  if (!disk) return { kind: 'unknown' };
  const empty = isEmpty(disk);
  return { kind: empty === undefined ? 'unknown' : empty ? 'empty' : 'data', disk };
}

/** A disk's whole content is at stake, or nobody knows: then its machine must be named by hand. */
export const mustBeNamed = (stakes: Stakes) => stakes.kind === 'data' || stakes.kind === 'unknown';

/** "GPT; 1: xfs "data" 1 TB": on a line. */
export function contentText(disk: Disk): string {
  const content = disk.content;
  const parts = (content?.partitions ?? []).map((part) => [`${part.number}:`, part.file_system ?? '?', (part.label || part.name) && `“${part.label || part.name}”`, bytes(part.size_bytes)].filter(Boolean).join(' '));
  return [content?.signature ?? content?.partition_table?.toUpperCase(), ...parts].filter(Boolean).join('; ');
}
