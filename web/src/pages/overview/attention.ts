import { computed, onUnmounted, shallowRef, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import type { RouteLocationRaw } from 'vue-router';
import { api } from '@/api/client';
import type { IdcSummary, Task } from '@/api/types';
import { secondsBetween } from '@/format/time';
import { follow } from '@/live/connection';
import { fleet } from '@/live/fleet';

interface Item { tone: 'bad' | 'warn' | 'info'; text: string; to: RouteLocationRaw }

const SILENT_MINUTES = 2;
const UNBEGUN_MINUTES = 10;
const SHOWN = 8;
const REST = 1_000;

/** What stands still, what failed, what waits; the worst first. */
export function useAttention(now: Ref<number>) {
  const { t } = useI18n();
  const running = shallowRef<Task[]>([]);
  const latest = shallowRef<Task[]>([]);
  const completed = shallowRef<Task[]>([]);
  const sites = shallowRef<IdcSummary[]>([]);

  async function load() {
    const [active, recent, done, idcs] = await Promise.allSettled([
      api.tasks({ status: 'approved,installing', sort: 'updated_at', limit: 500 }), api.tasks({ sort: '-updated_at', limit: SHOWN }), api.tasks({ status: 'completed', sort: '-updated_at', limit: SHOWN }), api.idcs(),
    ]);
    if (active.status === 'fulfilled') running.value = active.value.items;
    if (recent.status === 'fulfilled') latest.value = recent.value.items;
    if (done.status === 'fulfilled') completed.value = done.value.items;
    if (idcs.status === 'fulfilled') sites.value = idcs.value.items;
  }
  let later: ReturnType<typeof setTimeout> | undefined;
  const soon = () => { later ??= setTimeout(() => { later = undefined; void load(); }, REST); };
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
  const timer = setInterval(() => void load(), 30_000);
  onUnmounted(() => { leave(); clearTimeout(later); clearInterval(timer); });

  const minutes = (task: Task) => secondsBetween(task.updated_at ?? task.created_at ?? '', now.value) / 60;
  const attention = computed<Item[]>(() => {
    const items: Item[] = [];
    const silent = running.value.filter((task) => task.status === 'installing' && minutes(task) > (task.awaiting_first_boot ? 10 : SILENT_MINUTES));
    const unbegun = running.value.filter((task) => task.status === 'approved' && minutes(task) > UNBEGUN_MINUTES);
    for (const site of sites.value) {
      const gone = site.services.filter((service) => !service.alive);
      if (gone.length > 0) items.push({ tone: 'bad', text: t('overview.siteGone', { idc: site.idc, services: gone.map((service) => `${service.kind} ${service.instance}`).join(', ') }), to: { name: 'idcs' } });
    }
    if (silent.length > 0) items.push({ tone: 'bad', text: t('overview.silentText', { n: silent.length, m: SILENT_MINUTES }), to: { name: 'tasks', query: { tab: 'installing', sort: 'updated_at' } } });
    if (fleet.stats?.failed) items.push({ tone: 'bad', text: t('overview.failedText', { n: fleet.stats.failed }), to: { name: 'tasks', query: { tab: 'failed' } } });
    if (unbegun.length > 0) items.push({ tone: 'warn', text: t('overview.offlineText', { n: unbegun.length, m: UNBEGUN_MINUTES }), to: { name: 'tasks', query: { tab: 'installing', sort: 'updated_at' } } });
    if (fleet.stats?.pending) items.push({ tone: 'warn', text: t('overview.pendingText', { n: fleet.stats.pending }), to: { name: 'tasks', query: { tab: 'pending' } } });
    if (fleet.stats?.unmatched) items.push({ tone: 'info', text: t('overview.unmatchedText', { n: fleet.stats.unmatched }), to: { name: 'machines', query: { show: 'unmatched' } } });
    return items;
  });
  const installing = computed(() => running.value.slice(0, SHOWN));
  const durations = computed(() => {
    const spans = completed.value.flatMap((task) => (task.started_at && task.completed_at ? [{ task, seconds: secondsBetween(task.started_at, task.completed_at) }] : []));
    const longest = Math.max(1, ...spans.map((span) => span.seconds));
    return spans.map((span) => ({ ...span, share: span.seconds / longest }));
  });
  return { attention, installing, latest, durations };
}
