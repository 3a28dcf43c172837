import type { MachineSummary, TaskSpec } from '@/api/types';
import { checkSpec, isHostname, isIdc, isMac, isSn, type Faults } from '@/components/spec/checks';
import { emptySpec, fromSettings, toSettings, type SpecForm } from '@/components/spec/specForm';

/** What a person types; turned into what the service takes. */
export interface CreateForm extends SpecForm {
  idc: string;
  sn: string;
  mac: string;
  profile: string;
  hostname: string;
  notes: string;
  notBefore: string;
  deadline: string;
  /** RAID of a former task of that machine: it has no field in the form and goes back as it came, to no other machine, which has other controllers. */
  hardware?: { idc: string; sn: string; config: NonNullable<TaskSpec['hardware_config']> };
}

export const emptyForm = (): CreateForm => ({ ...emptySpec(), idc: '', sn: '', mac: '', profile: '', hostname: '', notes: '', notBefore: '', deadline: '' });

export function fromMachine(form: CreateForm, machine: Pick<MachineSummary, 'idc' | 'sn' | 'mac'>): void {
  Object.assign(form, { idc: machine.idc, sn: machine.sn, mac: machine.mac ?? '' });
}

/** As a former task of the machine was. */
export function fromTask(form: CreateForm, task: TaskSpec): void {
  fromMachine(form, task);
  Object.assign(form, fromSettings(task), { profile: '', hostname: task.hostname ?? '', notes: '', none: [], hardware: task.hardware_config ? { idc: task.idc, sn: task.sn, config: task.hardware_config } : undefined });
}

export const keptHardware = ({ hardware, idc, sn }: CreateForm) => (hardware && hardware.idc === idc.trim() && hardware.sn === sn.trim() ? hardware.config : undefined);

const text = (value: string) => value.trim() || undefined;
const time = (local: string) => (local ? new Date(local).toISOString() : undefined);

export function toSpec(form: CreateForm): Partial<TaskSpec> {
  return {
    ...toSettings(form), idc: form.idc.trim(), sn: form.sn.trim(), mac: form.mac.trim(), profile: text(form.profile), hostname: text(form.hostname), notes: text(form.notes),
    not_before: time(form.notBefore), deadline: time(form.deadline), hardware_config: keptHardware(form),
  };
}

/** Fields of the service that have a place in the form. */
export const fields = ['idc', 'sn', 'mac', 'profile', 'os_type', 'os_version', 'hostname', 'notes', 'tags', 'ssh_keys', 'packages', 'priority', 'variables', 'not_before', 'deadline', 'network', 'disk_layout', 'scripts', 'install_method', 'timezone', 'locale', 'keyboard', 'kernel_arguments'] as const;
/** Of them those that are in sight at once. */
export const inSight: readonly string[] = ['idc', 'sn', 'mac', 'profile', 'os_type', 'os_version', 'hostname', 'notes', 'install_method'];

export function check(form: CreateForm): Faults {
  const faults: Faults = checkSpec(form, form.profile.trim() !== '');
  const need = (field: string, value: string, valid: (text: string) => boolean, otherwise: string) => {
    if (!value.trim()) faults[field] = 'checks.required';
    else if (!valid(value.trim())) faults[field] = otherwise;
  };
  need('idc', form.idc, isIdc, 'checks.idc');
  need('sn', form.sn, isSn, 'checks.sn');
  need('mac', form.mac, isMac, 'checks.mac');
  if (!form.profile.trim() && !form.osType.trim()) faults.os_type = 'checks.required';
  if (form.hostname.trim() && !isHostname(form.hostname.trim())) faults.hostname = 'checks.hostname';
  if (form.deadline && new Date(form.deadline) <= new Date()) faults.deadline = 'checks.past';
  if (form.deadline && form.notBefore && new Date(form.notBefore) >= new Date(form.deadline)) faults.not_before = 'checks.order';
  return faults;
}
