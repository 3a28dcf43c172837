import { isMember, type NicForm } from './networkForm';
import { lines, words, type SpecForm } from './specForm';
import { number } from './words';

/** What is plainly wrong, by the service's field names, as keys of messages; the service has the last word. */
export type Faults = Record<string, string>;

const HOST = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const KEY_TYPES = /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com) [A-Za-z0-9+/=]{20,}( .*)?$/;

/** Group addresses and all zeros belong to no interface. */
export function isMac(text: string): boolean {
  const digits = text.trim().replace(/[:.-]/g, '');
  return /^[0-9a-f][02468ace][0-9a-f]{10}$/i.test(digits) && !/^0+$/.test(digits);
}
export const isIdc = (text: string) => /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(text) && text !== 'global';
export const isSn = (text: string) => /^[A-Za-z0-9](?:[A-Za-z0-9 ._:+-]{0,126}[A-Za-z0-9])?$/.test(text) && !text.includes('..');
export const isHostname = (text: string) => text.length <= 253 && HOST.test(text);

function ipv4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  const parts = match?.slice(1).map(Number);
  return parts?.every((part) => part < 256) ? parts.reduce((all, part) => all * 256 + part, 0) : undefined;
}
const isIpv6 = (text: string) => text.includes(':') && /^[0-9a-f:.]{2,45}$/i.test(text) && (text.match(/::/g)?.length ?? 0) < 2;
export const isAddress = (text: string) => ipv4(text) !== undefined || isIpv6(text);

function network(text: string): { base: number; size: number } | 'ipv6' | undefined {
  const [address, length] = text.split('/');
  if (!address || !/^\d{1,3}$/.test(length ?? '')) return undefined;
  if (isIpv6(address)) return Number(length) <= 128 ? 'ipv6' : undefined;
  const value = ipv4(address);
  if (value === undefined || Number(length) < 1 || Number(length) > 32) return undefined;
  const size = 2 ** (32 - Number(length));
  return { base: Math.floor(value / size) * size, size };
}

/** @param inherits Whether a profile may name the system that a version is of. */
export function checkSpec(form: SpecForm, inherits = false): Faults {
  const faults: Faults = {};
  if (form.network === 'set') form.nics.forEach((nic, index) => checkNic(nic, isMember(nic, form.nics), `network.interfaces[${index}]`, faults));
  const macs = form.nics.filter((nic) => nic.kind === 'ethernet' && !nic.slot.trim()).map((nic) => nic.mac.trim().toLowerCase());
  if (form.network === 'set' && new Set(macs).size < macs.length) faults['network.interfaces'] = 'checks.macTwice';
  if (form.layout.preset !== 'own' && ['serial', 'wwn', 'device', 'model'].includes(form.disk) && !form.diskText.trim()) faults['disk_layout.disk'] = 'checks.required';
  if (lines(form.keys).some((key) => key.includes('PRIVATE KEY'))) faults.ssh_keys = 'checks.privateKey';
  else if (lines(form.keys).some((key) => !KEY_TYPES.test(key))) faults.ssh_keys = 'checks.key';
  const priority = number(form.priority) ?? 0;
  if (!Number.isInteger(priority) || priority < -100 || priority > 100) faults.priority = 'checks.priority';
  if (form.variables.some(({ name, value }) => (name || value) && !/^[a-z][a-z0-9_]{0,62}$/.test(name.trim()))) faults.variables = 'checks.variable';
  if (form.osVersion.trim() && !form.osType.trim() && !inherits) faults.os_version = 'checks.versionAlone';
  return faults;
}

function checkNic(nic: NicForm, member: boolean, field: string, faults: Faults): void {
  if (nic.kind === 'vlan' && !((number(nic.vlan) ?? 0) >= 1 && (number(nic.vlan) ?? 0) <= 4094)) faults[`${field}.vlan.id`] = 'checks.vlan';
  if (nic.kind === 'vlan' && !nic.link) faults[`${field}.vlan.link`] = 'checks.required';
  if (nic.kind !== 'ethernet' && !nic.name.trim()) faults[`${field}.name`] = 'checks.required';
  if (nic.kind === 'bond' && nic.members.length === 0) faults[`${field}.bond.members`] = 'checks.member';
  if (nic.kind === 'bridge' && nic.members.length === 0) faults[`${field}.bridge.ports`] = 'checks.member';
  if (nic.kind === 'ethernet' && nic.mac.trim() && !isMac(nic.mac)) faults[`${field}.mac`] = 'checks.mac';
  if (words(nic.dns).some((address) => !isAddress(address))) faults[`${field}.dns`] = 'checks.address';
  if (member || nic.mode !== 'static') return;
  const addresses = words(nic.addresses);
  const networks = addresses.map(network);
  if (addresses.length === 0) faults[`${field}.addresses`] = 'checks.required';
  else if (networks.includes(undefined)) faults[`${field}.addresses`] = 'checks.cidr';
  const gateway = nic.gateway.trim();
  if (!gateway) return;
  const at = ipv4(gateway);
  if (!isAddress(gateway)) faults[`${field}.gateway`] = 'checks.address';
  else if (at !== undefined && !networks.some((one) => typeof one === 'object' && at >= one.base && at < one.base + one.size)) faults[`${field}.gateway`] = 'checks.gateway';
}
