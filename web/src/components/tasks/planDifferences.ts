import type { InstallPlan } from '@/api/types';
import { bytes } from '@/format/size';

export interface PlanDifference { key: string; before: string; now: string }

type Line = (plan: InstallPlan) => string;

/** What a person compares; ids and digests of ids, which differ between any two plans, are not among it. */
const lines: Record<string, Line> = {
  os: (plan) => `${plan.os.name} (${plan.os.id} ${plan.os.version}, ${plan.os.install_method})`,
  disk: (plan) => [plan.disk?.device, bytes(plan.disk?.size_bytes), plan.disk?.model, plan.disk?.serial && `serial ${plan.disk.serial}`, plan.disk?.wwn && `wwn ${plan.disk.wwn}`].filter(Boolean).join(' · '),
  content: (plan) => plan.disk?.content_digest?.slice(0, 16) ?? '—',
  image: (plan) => plan.image ? `${plan.image.url.split('/').at(-1)} · ${bytes(plan.image.size_bytes)} · sha256 ${plan.image.sha256}` : '',
  partitions: (plan) => plan.partitions.map((part) => [part.name, part.size_bytes ? bytes(part.size_bytes) : '*', part.file_system, part.mount_point].filter(Boolean).join(' ')).join('\n'),
  hostname: (plan) => plan.hostname,
  network: (plan) => (plan.network.interfaces ?? []).map((nic) => [nic.mac, nic.addresses?.length ? nic.addresses.join(', ') : 'DHCP', nic.gateway && `→ ${nic.gateway}`, nic.dns?.length && `DNS ${nic.dns.join(', ')}`].filter(Boolean).join(' ')).join('\n'),
  users: (plan) => (plan.users ?? []).map((user) => [user.name + (user.sudo ? ' (sudo)' : ''), ...(user.ssh_keys ?? [])].join('\n')).join('\n'),
  files: (plan) => (plan.installer?.files ?? []).map((file) => `${file.name} sha256 ${file.sha256}`).join('\n'),
  media: (plan) => (plan.installer?.assets ?? []).map((asset) => `${asset.role} ${asset.name} sha256 ${asset.sha256}`).join('\n'),
  scripts: (plan) => (plan.scripts ?? []).map((script) => `${script.name} (${script.when}) sha256 ${script.sha256}`).join('\n'),
  variables: (plan) => Object.entries(plan.variables ?? {}).map(([name, value]) => `${name}=${value}`).join('\n'),
  kernel: (plan) => (plan.kernel_arguments ?? []).join(' '),
};

export function planDifferences(former: InstallPlan, plan: InstallPlan): PlanDifference[] {
  return Object.entries(lines).map(([key, line]) => ({ key, before: line(former), now: line(plan) })).filter((difference) => difference.before !== difference.now);
}
