import type { Disk, InstallPlan, Inventory } from '@/api/types';
import { bytes } from '@/format/size';
import { i18n } from '@/i18n';

/** What is on the disks that a plan names: nothing, something, or nobody knows; or it names none. `disks` are those that hold something, `unsure` those of which nobody knows. */
export interface Stakes { kind: 'empty' | 'data' | 'unknown' | 'none'; disk?: Disk; disks: readonly Disk[]; unsure: readonly string[] }

type Target = NonNullable<InstallPlan['disk']>;
/** All disks that a plan writes. */
export const targetsOf = (plan: InstallPlan): readonly Target[] => plan.disks ?? (plan.disk ? [plan.disk] : []);

/** A planned disk among those that the machine reported: by the same marks by which the agent knows it again. */
function reported({ wwn, serial, device }: Target, disks: readonly Disk[]): Disk | undefined {
  return disks.find((disk) => wwn && disk.wwn === wwn) ?? disks.find((disk) => serial && disk.serial === serial) ?? disks.find((disk) => !wwn && !serial && disk.device === device);
}

export function isEmpty(disk: Disk): boolean | undefined {
  const content = disk.content;
  if (!content) return undefined;
  return !content.partition_table && !content.signature && (content.partitions?.length ?? 0) === 0;
}

export function stakesOf(plan: InstallPlan | null | undefined, hardware: Inventory | null | undefined): Stakes {
  const targets = plan ? targetsOf(plan) : [];
  const arrays = lostArrays(plan).length > 0 || claimedDisks(plan).length > 0;
  if (plan && targets.length === 0 && !arrays) return { kind: 'none', disks: [], unsure: [] };
  const found = targets.map((target) => reported(target, hardware?.disks ?? []));
  const disks = found.filter((disk) => disk !== undefined && isEmpty(disk) === false) as Disk[];
  // An array that is yet to be made holds nothing of which one could be unsure.
  const unsure = arrays ? [] : targets.filter((_, index) => found[index] === undefined || isEmpty(found[index]!) === undefined).map((target) => target.device);
  // The worst of them counts for all.
  if (disks.length > 0 || arrays) return { kind: 'data', disk: disks[0], disks, unsure };
  if (found.length === 0 || unsure.length > 0) return { kind: 'unknown', disk: found[0], disks, unsure };
  return { kind: 'empty', disk: found[0], disks, unsure };
}

/** A disk's whole content is at stake, or nobody knows: then its machine must be named by hand. */
export const mustBeNamed = (stakes: Stakes) => stakes.kind === 'data' || stakes.kind === 'unknown';

/** Arrays that RAID controllers lose; nobody looks into them before. */
export const lostArrays = (plan: InstallPlan | null | undefined) => (plan?.controllers ?? []).flatMap((controller) => (controller.delete ?? []).map((array) => ({ controller, array })));

/** Disks of their own that RAID controllers take for arrays, and what the system sees on them: by their serial numbers, which controller and disk both tell. */
export const claimedDisks = (plan: InstallPlan | null | undefined, hardware?: Inventory | null) => (plan?.controllers ?? []).flatMap((controller) => (controller.claim ?? []).map((place) => {
  const serial = hardware?.raid_controllers?.find((one) => one.id === controller.id && one.tool === controller.tool)?.disks?.find((one) => one.id === place)?.serial;
  return { controller, place, disk: serial ? hardware?.disks?.find((one) => one.serial === serial) : undefined };
}));

/** Arrays that the task makes of disks of which the system sees nothing. */
export const newArrays = (plan: InstallPlan | null | undefined) => (plan ? targetsOf(plan) : []).flatMap((target) => (target.array ? [{ device: target.device, array: target.array }] : []));

/** What stands on a whole disk, in words where its name is none. */
export const signatureName = (name: string) => (i18n.global.te(`approve.signatures.${name}`) ? i18n.global.t(`approve.signatures.${name}`) : name);

/** "GPT; 1: xfs "data" 1 TB": on a line. */
export function contentText(disk: Disk): string {
  const content = disk.content;
  const parts = (content?.partitions ?? []).map((part) => [`${part.number}:`, part.file_system ?? '?', (part.label || part.name) && `“${part.label || part.name}”`, bytes(part.size_bytes)].filter(Boolean).join(' '));
  return [(content?.signature && signatureName(content.signature)) ?? content?.partition_table?.toUpperCase(), ...parts].filter(Boolean).join('; ');
}
