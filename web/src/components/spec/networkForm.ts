import type { TaskSpec } from '@/api/types';
import { number, words } from './words';

type Interface = NonNullable<NonNullable<TaskSpec['network']>['interfaces']>[number];

export const kinds = ['ethernet', 'bond', 'vlan', 'bridge'] as const;
export type Kind = (typeof kinds)[number];
export interface RouteForm { to: string; via: string; metric: string }
/** One network interface as a person types it. */
export interface NicForm {
  kind: Kind; name: string; mac: string; slot: string; mode: 'dhcp' | 'static' | 'none'; /** IPv4 by DHCP beside the addresses. */ alsoDhcp4: boolean; addresses: string; gateway: string; gateway6: string; dns: string; search: string; mtu: string; dhcp6: boolean; acceptRa: '' | 'yes' | 'no'; routes: RouteForm[];
  /** Of a bond or bridge: the names of those that it is made of. */
  members: string[]; bondMode: string; miimon: string; lacpRate: string; hashPolicy: string; primary: string; vlan: string; link: string; stp: '' | 'yes' | 'no';
}

export const bondModes = ['802.3ad', 'active-backup'] as const;
export const hashPolicies = ['layer2', 'layer2+3', 'layer3+4'] as const;

export const emptyNic = (kind: Kind = 'ethernet'): NicForm => ({
  kind, name: '', mac: '', slot: '', mode: 'static', alsoDhcp4: false, addresses: '', gateway: '', gateway6: '', dns: '', search: '', mtu: '', dhcp6: false, acceptRa: '', routes: [],
  members: [], bondMode: '802.3ad', miimon: '', lacpRate: '', hashPolicy: '', primary: '', vlan: '', link: '', stp: '',
});

const given = (text: string) => text.trim() || undefined;
const list = (text: string) => (text.trim() ? words(text) : undefined);
const answer = (value: '' | 'yes' | 'no') => (value === '' ? undefined : value === 'yes');
const choice = (value: boolean | null | undefined) => (value == null ? '' : value ? 'yes' : 'no');

/** Whether it is a part of a bond or bridge, and so has no address of its own. */
export const isMember = (nic: NicForm, all: readonly NicForm[]) => nic.name.trim() !== '' && all.some((other) => (other.kind === 'bond' || other.kind === 'bridge') && other.members.includes(nic.name.trim()));

/** Whether it gets an address of its own, of whichever family. */
export const hasAddress = (nic: NicForm, all: readonly NicForm[]) => !isMember(nic, all) && (nic.mode !== 'none' || nic.dhcp6 || nic.acceptRa === 'yes');

export function toInterface(nic: NicForm, all: readonly NicForm[]): Interface {
  const member = isMember(nic, all);
  const mode = member ? 'none' : nic.mode;
  const fixed = mode === 'static';
  const reached = hasAddress(nic, all);
  return {
    kind: nic.kind === 'ethernet' ? undefined : nic.kind, name: given(nic.name), mac: nic.kind === 'ethernet' ? given(nic.mac) : undefined, slot: nic.kind === 'ethernet' ? given(nic.slot) : undefined,
    dhcp4: mode === 'dhcp' || (fixed && nic.alsoDhcp4), addresses: fixed ? words(nic.addresses) : [], gateway: fixed ? given(nic.gateway) : undefined, gateway6: fixed ? given(nic.gateway6) : undefined,
    dns: reached ? words(nic.dns) : [], search: reached ? list(nic.search) : undefined, mtu: number(nic.mtu), dhcp6: !member && nic.dhcp6 ? true : undefined, accept_ra: member ? undefined : answer(nic.acceptRa),
    routes: reached && nic.routes.length ? nic.routes.map((route) => ({ to: route.to.trim(), via: route.via.trim(), metric: number(route.metric) })) : undefined,
    bond: nic.kind === 'bond' ? { mode: nic.bondMode, members: nic.members, miimon: number(nic.miimon), ...(nic.bondMode === '802.3ad' ? { lacp_rate: given(nic.lacpRate), hash_policy: given(nic.hashPolicy) } : { primary: given(nic.primary) }) } : undefined,
    vlan: nic.kind === 'vlan' ? { id: number(nic.vlan) ?? 0, link: nic.link } : undefined,
    bridge: nic.kind === 'bridge' ? { ports: nic.members, stp: answer(nic.stp) } : undefined,
  };
}

export function fromInterface(nic: Interface): NicForm {
  const kind = (nic.kind as Kind | undefined) ?? (nic.bond ? 'bond' : nic.vlan ? 'vlan' : nic.bridge ? 'bridge' : 'ethernet');
  return {
    ...emptyNic(kind), name: nic.name ?? '', mac: nic.mac ?? '', slot: nic.slot ?? '', mode: nic.addresses?.length ? 'static' : nic.dhcp4 ?? true ? 'dhcp' : 'none',
    alsoDhcp4: Boolean(nic.dhcp4 && nic.addresses?.length), addresses: (nic.addresses ?? []).join(', '), gateway: nic.gateway ?? '', gateway6: nic.gateway6 ?? '', dns: (nic.dns ?? []).join(', '), search: (nic.search ?? []).join(', '), mtu: nic.mtu?.toString() ?? '', dhcp6: nic.dhcp6 ?? false, acceptRa: choice(nic.accept_ra),
    routes: (nic.routes ?? []).map((route) => ({ to: route.to, via: route.via, metric: route.metric?.toString() ?? '' })), members: [...(nic.bond?.members ?? nic.bridge?.ports ?? [])],
    bondMode: nic.bond?.mode ?? '802.3ad', miimon: nic.bond?.miimon?.toString() ?? '', lacpRate: nic.bond?.lacp_rate ?? '', hashPolicy: nic.bond?.hash_policy ?? '', primary: nic.bond?.primary ?? '', vlan: nic.vlan?.id?.toString() ?? '', link: nic.vlan?.link ?? '', stp: choice(nic.bridge?.stp),
  };
}

/** One interface on a line, for people. */
export function interfaceText(nic: Interface, dhcp: string): string {
  const parts = [
    [nic.name, nic.bond ? `bond(${nic.bond.mode}: ${nic.bond.members.join('+')})` : nic.vlan ? `VLAN ${nic.vlan.id} @ ${nic.vlan.link}` : nic.bridge ? `bridge(${nic.bridge.ports.join('+')})` : '', nic.mac ?? nic.slot].filter(Boolean).join(' '),
    [nic.addresses?.length ? nic.addresses.join(', ') : '', (nic.dhcp4 ?? !nic.addresses?.length) ? dhcp : '', nic.dhcp6 ? 'DHCPv6' : ''].filter(Boolean).join(' + '),
    [nic.gateway, nic.gateway6].filter(Boolean).map((one) => `→ ${one}`).join(' '), nic.dns?.length ? `DNS ${nic.dns.join(', ')}` : '', nic.mtu ? `MTU ${nic.mtu}` : '',
    ...(nic.routes ?? []).map((route) => `${route.to} → ${route.via}`),
  ];
  return parts.filter(Boolean).join(' · ');
}
