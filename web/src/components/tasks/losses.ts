import type { Disk, InstallPlan, Inventory } from '@/api/types';

/** What is on the disk that a plan names: nothing, something, or nobody knows. */
export type Stakes = { kind: 'empty' | 'data' | 'unknown'; disk?: Disk };

/** The planned disk among those that the machine reported: by the same marks by which the agent knows it again. */
export function plannedDisk(plan: InstallPlan, hardware: Inventory | null | undefined): Disk | undefined {
  const disks = hardware?.disks ?? [];
  const { wwn, serial, device } = plan.disk;
  return disks.find((disk) => wwn && disk.wwn === wwn) ?? disks.find((disk) => serial && disk.serial === serial) ?? disks.find((disk) => !wwn && !serial && disk.device === device);
}

export function isEmpty(disk: Disk): boolean | undefined {
  const content = disk.content;
  if (!content) return undefined;
  return !content.partition_table && !content.signature && (content.partitions?.length ?? 0) === 0;
}

export function stakesOf(plan: InstallPlan | null | undefined, hardware: Inventory | null | undefined): Stakes {
  const disk = plan ? plannedDisk(plan, hardware) : undefined;
  if (!disk) return { kind: 'unknown' };
  const empty = isEmpty(disk);
  return { kind: empty === undefined ? 'unknown' : empty ? 'empty' : 'data', disk };
}
