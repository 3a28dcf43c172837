import { computed, onUnmounted, shallowRef, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import type { RouteLocationRaw } from 'vue-router';
import { api } from '@/api/client';
import type { BootSummary, IdcSummary, MachineSummary, Task } from '@/api/types';
import { duration, secondsBetween } from '@/format/time';
import { problemTitle } from '@/components/codes';
import { follow } from '@/live/connection';
import { fleet } from '@/live/fleet';
import { useSoon } from '@/live/soon';
import { preferences } from '@/settings/preferences';

export interface Detail { label: string; text: string; to: RouteLocationRaw }
export interface Item { key: string; tone: 'bad' | 'warn' | 'info'; text: string; to: RouteLocationRaw; details: Detail[] }

const SILENT_MINUTES = 2;
const FIRST_BOOT_MINUTES = 10;
const UNBEGUN_MINUTES = 10;
const SHOWN = 8;
const NAMED = 3;
const REST = 1_000;

const taskAt = (task: { idc: string; sn: string }): RouteLocationRaw => ({ name: 'task', params: { idc: task.idc, sn: task.sn } });

/** What stands still, what failed, what waits; the worst first. */
export function useAttention(now: Ref<number>) {
  const { t } = useI18n();
  const running = shallowRef<Task[]>([]);
  const failed = shallowRef<Task[]>([]);
  const unmatched = shallowRef<MachineSummary[]>([]);
  const stalled = shallowRef<{ items: BootSummary[]; total: number }>({ items: [], total: 0 });
  const sites = shallowRef<IdcSummary[]>([]);

  async function load() {
    const [active, broken, strangers, stalls, idcs] = await Promise.allSettled([
      api.tasks({ status: 'approved,installing', sort: 'updated_at', limit: 500 }), api.tasks({ status: 'failed', sort: '-updated_at', limit: NAMED }),
      api.machines({ unmatched: 'true', online: 'true', limit: NAMED }), api.boots({ stalled: 'true', limit: NAMED }), api.idcs(),
    ]);
    if (active.status === 'fulfilled') running.value = active.value.items;
    if (broken.status === 'fulfilled') failed.value = broken.value.items;
    if (strangers.status === 'fulfilled') unmatched.value = strangers.value.items;
    if (stalls.status === 'fulfilled') stalled.value = stalls.value;
    if (idcs.status === 'fulfilled') sites.value = idcs.value.items;
  }
  const soon = useSoon(load, REST);
  const leave = follow({
    reload: () => void load(),
    events: (events) => {
      for (const event of events) {
        if (event.type !== 'task' || !event.data) continue;
        const task = event.data;
        running.value = running.value.map((one) => (one.task_id === task.task_id ? task : one)).filter((one) => one.status === 'approved' || one.status === 'installing');
      }
      soon();
    },
  });
  void load();
  // A site that falls silent changes nothing in the store.
  const timer = setInterval(soon, 30_000);
  onUnmounted(() => { leave(); clearInterval(timer); });

  const seconds = (task: Task) => secondsBetween(task.updated_at ?? task.created_at ?? '', now.value);
  const details = (tasks: readonly Task[], text: (task: Task) => string): Detail[] => tasks.slice(0, NAMED).map((task) => ({ label: task.sn, text: text(task), to: taskAt(task) }));
  const attention = computed<Item[]>(() => {
    const items: Item[] = [];
    const silent = running.value.filter((task) => task.status === 'installing' && seconds(task) > 60 * (task.awaiting_first_boot ? FIRST_BOOT_MINUTES : SILENT_MINUTES));
    const unbegun = running.value.filter((task) => task.status === 'approved' && seconds(task) > 60 * UNBEGUN_MINUTES);
    for (const site of sites.value) {
      const gone = site.services.filter((service) => !service.alive);
      if (gone.length > 0) items.push({ key: `site/${site.idc}`, tone: 'bad', text: t('overview.siteGone', { idc: site.idc, services: gone.map((service) => `${service.kind} ${service.instance}`).join(', ') }), to: { name: 'idcs' }, details: [] });
    }
    for (const site of sites.value) {
      const rogues = site.rogue_dhcp;
      if (rogues.length > 0) items.push({ key: `dhcp/${site.idc}`, tone: 'bad', text: t('overview.rogue', { idc: site.idc, n: rogues.length }), to: { name: 'idcs' }, details: rogues.slice(0, NAMED).map((server) => ({ label: server.server, text: [server.mac, server.offered].filter(Boolean).join(' → '), to: { name: 'idcs' } })) });
    }
    if (stalled.value.total > 0) {
      items.push({
        key: 'boots', tone: 'bad', text: t('overview.stalled', { n: stalled.value.total }), to: { name: 'machines' },
        details: stalled.value.items.map((boot) => ({ label: boot.sn ?? boot.mac, text: (preferences.language === 'en' ? boot.diagnosis?.title : boot.diagnosis?.zh.title) ?? '', to: boot.sn ? { name: 'machine', params: { idc: boot.idc, sn: boot.sn } } : { name: 'machines', query: { q: boot.mac } } })),
      });
    }
    if (silent.length > 0) items.push({ key: 'silent', tone: 'bad', text: t('overview.silentText', { n: silent.length, m: SILENT_MINUTES }), to: { name: 'tasks', query: { tab: 'installing', sort: 'updated_at' } }, details: details(silent, (task) => duration(seconds(task))) });
    if (fleet.stats?.failed) items.push({ key: 'failed', tone: 'bad', text: t('overview.failedText', { n: fleet.stats.failed }), to: { name: 'tasks', query: { tab: 'failed' } }, details: details(failed.value, (task) => (task.failure ? problemTitle(task.failure.code, task.failure.code) : '')) });
    if (unbegun.length > 0) items.push({ key: 'unbegun', tone: 'warn', text: t('overview.offlineText', { n: unbegun.length, m: UNBEGUN_MINUTES }), to: { name: 'tasks', query: { tab: 'installing', sort: 'updated_at' } }, details: details(unbegun, (task) => duration(seconds(task))) });
    if (fleet.stats?.pending) items.push({ key: 'pending', tone: 'warn', text: t('overview.pendingText', { n: fleet.stats.pending }), to: { name: 'tasks', query: { tab: 'pending' } }, details: [] });
    if (fleet.stats?.unmatched) {
      items.push({
        key: 'unmatched', tone: 'info', text: t('overview.unmatchedText', { n: fleet.stats.unmatched }), to: { name: 'machines', query: { show: 'unmatched' } },
        details: unmatched.value.map((machine) => ({ label: machine.sn, text: machine.product ?? '', to: { name: 'machine', params: { idc: machine.idc, sn: machine.sn } } })),
      });
    }
    return items;
  });
  const installing = computed(() => running.value.filter((task) => task.status === 'installing').slice(0, SHOWN));
  return { attention, installing, sites };
}
