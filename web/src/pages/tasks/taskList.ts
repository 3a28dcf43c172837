import { onUnmounted, ref, shallowRef, watch, type Ref } from 'vue';
import { api, type TaskQuery } from '@/api/client';
import type { Task } from '@/api/types';
import { follow, type LiveEvent } from '@/live/connection';
import { beyond } from '@/pages/machines/machineList';
import { lean } from './leanTask';

const FIRST_PAGE = 100;
const NEXT_PAGES = 500;
const RECOUNT = 1_500;

export const keyOf = (task: { idc: string; sn: string }) => `${task.idc}/${task.sn}`;

/** Whether the service would list this task under these filters. */
export function matches(task: Task, query: TaskQuery): boolean {
  if (query.idc && task.idc !== query.idc) return false;
  if (query.status && !query.status.split(',').includes(task.status)) return false;
  if (query.tag && !task.tags?.includes(query.tag)) return false;
  const text = query.q?.trim().toLowerCase();
  if (!text) return true;
  return [task.sn, task.mac, task.task_id, task.hostname, task.os_type, task.notes, ...(task.tags ?? [])].some((value) => value?.toLowerCase().includes(text));
}

/** The service's order; it breaks ties by machine. */
export function compare(sort: string): (a: Task, b: Task) => number {
  const field = sort.replace('-', '');
  const value = (task: Task) => (field === 'sn' ? task.sn : Date.parse((field === 'updated_at' ? task.updated_at : task.created_at) ?? ''));
  const sign = sort.startsWith('-') ? -1 : 1;
  const order = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
  return (a, b) => sign * (order(value(a), value(b)) || order(a.idc, b.idc) || order(a.sn, b.sn));
}

/** Rows of a query, kept up by what happens. */
export function useTaskList(query: Ref<TaskQuery>) {
  const rows = shallowRef<Task[]>([]);
  const total = ref(0);
  const loading = ref(true);
  const problem = shallowRef<unknown>();
  const cursor = ref<string | null>();
  /** By IDC, so that no key has to be kept beside the serial number itself. */
  const known = new Map<string, Set<string>>();
  const isKnown = (task: { idc: string; sn: string }) => known.get(task.idc)?.has(task.sn) === true;
  const forget = (task: { idc: string; sn: string }) => known.get(task.idc)?.delete(task.sn);
  function know(task: { idc: string; sn: string }) {
    const site = known.get(task.idc);
    if (site) site.add(task.sn);
    else known.set(task.idc, new Set([task.sn]));
  }
  let asked = new AbortController();
  /** While the first rows are asked for anew, a next page would be lost under them. */
  let anew = false;
  /** What happened in the meantime: the answer may be of before it. */
  let meanwhile: LiveEvent[] = [];
  let recount: ReturnType<typeof setTimeout> | undefined;

  async function load(quietly = false) {
    asked.abort();
    const mine = (asked = new AbortController());
    anew = true;
    meanwhile = [];
    if (!quietly) {
      rows.value = [];
      known.clear();
      cursor.value = undefined;
    }
    loading.value ||= !quietly;
    try {
      // After an absence as much is asked for as was shown.
      const limit = quietly ? Math.min(1000, Math.max(100, rows.value.length)) : FIRST_PAGE;
      const page = await api.tasks({ ...query.value, limit }, mine.signal);
      const tail = quietly ? beyond(rows.value, page.items) : [];
      rows.value = [...page.items.map(lean), ...tail];
      known.clear();
      rows.value.forEach(know);
      total.value = page.total;
      if (tail.length === 0) cursor.value = page.next_cursor;
      problem.value = undefined;
    } catch (e) {
      if (mine.signal.aborted) return;
      problem.value = e;
    }
    anew = false;
    loading.value = false;
    const missed = meanwhile;
    meanwhile = [];
    if (missed.length > 0) apply(missed);
  }

  async function more() {
    if (loading.value || anew || !cursor.value) return;
    const mine = asked;
    loading.value = true;
    try {
      const page = await api.tasks({ ...query.value, limit: NEXT_PAGES, cursor: cursor.value }, mine.signal);
      // A row may have come by an event already.
      const added = page.items.filter((task) => !isKnown(task)).map(lean);
      rows.value = rows.value.concat(added);
      added.forEach(know);
      total.value = page.total;
      cursor.value = page.next_cursor;
    } catch (e) {
      if (mine.signal.aborted) return;
      problem.value = e;
      cursor.value = undefined;
    }
    loading.value = false;
  }

  function apply(events: LiveEvent[]) {
    const order = compare(query.value.sort ?? '-created_at');
    if (anew) meanwhile.push(...events);
    const list = [...rows.value];
    let changed = false;
    for (const event of events) {
      if (event.type !== 'task') continue;
      changed = put(list, event.idc, event.sn, event.data, order) || changed;
    }
    if (!changed) return;
    // A new array, because components compare what they are given by identity.
    rows.value = list;
    recount ??= setTimeout(count, RECOUNT);
  }

  function put(list: Task[], idc: string, sn: string, task: Task | undefined, order: (a: Task, b: Task) => number): boolean {
    const at = list.findIndex((row) => row.sn === sn && row.idc === idc);
    const shown = list[at];
    // An event that the loaded list is already ahead of.
    if (shown && task && shown.task_id === task.task_id && Date.parse(shown.updated_at ?? '') > Date.parse(task.updated_at ?? '')) return false;
    const wanted = task !== undefined && matches(task, query.value);
    if (at >= 0 && wanted && order(list[at]!, task) === 0) {
      list[at] = lean(task);
      return true;
    }
    if (at >= 0) {
      list.splice(at, 1);
      forget({ idc, sn });
      total.value--;
    }
    if (!wanted) return at >= 0;
    if (at < 0) total.value++;
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (order(list[middle]!, task) < 0) low = middle + 1;
      else high = middle;
    }
    // Past the last row that is loaded it comes with its page.
    if (low < list.length || !cursor.value) {
      list.splice(low, 0, lean(task));
      know(task);
    }
    return true;
  }

  /** What happens outside the loaded pages changes the total too. */
  async function count() {
    recount = undefined;
    try {
      total.value = (await api.tasks({ ...query.value, limit: 1 }, asked.signal)).total;
    } catch {
      // The next change asks again.
    }
  }

  watch(query, (now, before) => { if (JSON.stringify(now) !== JSON.stringify(before)) void load(); });
  void load();
  const leave = follow({ events: apply, reload: () => void load(true) });
  onUnmounted(() => { leave(); asked.abort(); clearTimeout(recount); });

  return { rows, total, loading, problem, cursor, more, apply: (tasks: Task[]) => apply(tasks.map((data) => ({ type: 'task', idc: data.idc, sn: data.sn, revision: 0, data }))) };
}
