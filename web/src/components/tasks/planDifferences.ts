import type { InstallPlan } from '@/api/types';
import { interfaceText } from '@/components/spec/networkForm';
import { bytes } from '@/format/size';
import { targetsOf } from './losses';

export interface PlanDifference { key: string; before: string; now: string }

type Line = (plan: InstallPlan) => string;

/** What a person compares; ids and digests of ids, which differ between any two plans, are not among it. */
const lines: Record<string, Line> = {
  os: (plan) => `${plan.os.name} (${plan.os.id} ${plan.os.version}, ${plan.os.install_method})`,
  disk: (plan) => targetsOf(plan).map((disk) => [disk.device, bytes(disk.size_bytes), disk.model, disk.serial && `serial ${disk.serial}`, disk.wwn && `wwn ${disk.wwn}`, disk.wipe && `wipe ${disk.wipe}`].filter(Boolean).join(' · ')).join('\n'),
  content: (plan) => targetsOf(plan).map((disk) => disk.content_digest?.slice(0, 16) ?? '—').join('\n'),
  controllers: (plan) => (plan.controllers ?? []).flatMap((controller) => [
    ...(controller.delete ?? []).map((array) => `${controller.tool} ${controller.id}: − ${array.name || array.id} ${array.level} ${(array.disks ?? []).join(' ')}`),
    ...(controller.claim ?? []).map((place) => `${controller.tool} ${controller.id}: JBOD ${place} → RAID`),
    ...(controller.create ?? []).map((array) => `${controller.tool} ${controller.id}: + ${array.name} ${array.level} ${array.disks.join(' ')}`),
  ]).join('\n'),
  image: (plan) => plan.image ? `${plan.image.url.split('/').at(-1)} · ${bytes(plan.image.size_bytes)} · sha256 ${plan.image.sha256}${plan.image.signature ? ` · ${plan.image.signature.key.slice(-24)}` : ''}` : '',
  partitions: (plan) => [
    ...plan.partitions.map((part) => [plan.disks ? `${plan.disks[part.disk ?? 0]?.device}:` : '', part.name, part.size_bytes ? bytes(part.size_bytes) : '*', part.file_system, part.mount_point, part.array && `RAID ${part.array}`, part.volume_group && `LVM ${part.volume_group}`, part.encrypted && 'LUKS2'].filter(Boolean).join(' ')),
    ...(plan.arrays ?? []).map((array) => [`RAID ${array.level} ${array.name}`, bytes(array.size_bytes), array.file_system, array.mount_point, array.volume_group && `LVM ${array.volume_group}`, array.encrypted && 'LUKS2'].filter(Boolean).join(' ')),
    ...(plan.volume_groups ?? []).flatMap((group) => group.volumes.map((volume) => [`LVM ${group.name}/${volume.name}`, bytes(volume.size_bytes), volume.file_system, volume.mount_point, volume.encrypted && 'LUKS2'].filter(Boolean).join(' '))),
    ...(plan.encryption ? [`LUKS2 ${plan.encryption.passphrase_digest.slice(0, 16)}${plan.encryption.unlock === 'tpm' ? ` TPM${plan.encryption.tpm_pcrs?.length ? ` PCR ${plan.encryption.tpm_pcrs.join(', ')}` : ''}` : ''}`] : []),
    ...(plan.swap_file ? [`swap ${plan.swap_file.path} ${bytes(plan.swap_file.size_bytes)}`] : []),
  ].join('\n'),
  hostname: (plan) => plan.hostname,
  network: (plan) => (plan.network.interfaces ?? []).map((nic) => interfaceText(nic, 'DHCP')).join('\n'),
  users: (plan) => (plan.users ?? []).map((user) => [user.name + (user.sudo ? ' (sudo)' : ''), ...(user.ssh_keys ?? [])].join('\n')).join('\n'),
  files: (plan) => (plan.installer?.files ?? []).map((file) => `${file.name} sha256 ${file.sha256}`).join('\n'),
  media: (plan) => (plan.installer?.assets ?? []).map((asset) => `${asset.role} ${asset.name} sha256 ${asset.sha256}`).join('\n'),
  scripts: (plan) => (plan.scripts ?? []).map((script) => `${script.name} (${script.when}) sha256 ${script.sha256}`).join('\n'),
  variables: (plan) => Object.entries(plan.variables ?? {}).map(([name, value]) => `${name}=${value}`).join('\n'),
  regional: (plan) => [plan.timezone, plan.locale, plan.keyboard].filter(Boolean).join(' · '),
  packages: (plan) => (plan.packages ?? []).join(' '),
  kernel: (plan) => (plan.kernel_arguments ?? []).join(' '),
};

export function planDifferences(former: InstallPlan, plan: InstallPlan): PlanDifference[] {
  return Object.entries(lines).map(([key, line]) => ({ key, before: line(former), now: line(plan) })).filter((difference) => difference.before !== difference.now);
}
