import { onUnmounted, ref, shallowRef, watch, type Ref } from 'vue';
import { api, type MachineQuery } from '@/api/client';
import type { MachineSummary } from '@/api/types';
import { follow } from '@/live/connection';
import { useSoon } from '@/live/soon';

const FIRST_PAGE = 100;
const NEXT_PAGES = 500;
const REST = 800;
/** As many as the service gives at once. */
const MOST = 1000;

export const keyOf = (machine: { idc: string; sn: string }) => `${machine.idc}/${machine.sn}`;

/** What was shown behind the last of those that came anew: who has scrolled that far stays there. */
export function beyond<Row extends { idc: string; sn: string }>(rows: readonly Row[], anew: readonly Row[]): Row[] {
  if (rows.length <= MOST || anew.length < MOST) return [];
  const last = keyOf(anew.at(-1)!);
  const known = new Set(anew.map(keyOf));
  const at = rows.findIndex((row) => keyOf(row) === last);
  return rows.slice(at < 0 ? MOST : at + 1).filter((row) => !known.has(keyOf(row)));
}

/** Machines of a query. Those in the list change in place; who comes and goes is asked of the service, which searches the whole hardware. */
export function useMachineList(query: Ref<MachineQuery>) {
  const rows = shallowRef<MachineSummary[]>([]);
  const total = ref(0);
  const loading = ref(true);
  const problem = shallowRef<unknown>();
  const cursor = ref<string | null>();
  let asked = new AbortController();
  /** While the first rows are asked for anew, a next page would be lost under them. */
  let anew = false;

  async function load(quietly = false) {
    asked.abort();
    const mine = (asked = new AbortController());
    anew = true;
    if (!quietly) rows.value = [];
    loading.value ||= !quietly;
    try {
      const page = await api.machines({ ...query.value, limit: quietly ? Math.min(MOST, Math.max(FIRST_PAGE, rows.value.length)) : FIRST_PAGE }, mine.signal);
      const tail = quietly ? beyond(rows.value, page.items) : [];
      rows.value = [...page.items, ...tail];
      total.value = page.total;
      if (tail.length === 0) cursor.value = page.next_cursor;
      problem.value = undefined;
    } catch (e) {
      if (mine.signal.aborted) return;
      problem.value = e;
    }
    anew = false;
    loading.value = false;
  }

  async function more() {
    if (loading.value || anew || !cursor.value) return;
    const mine = asked;
    loading.value = true;
    try {
      const page = await api.machines({ ...query.value, limit: NEXT_PAGES, cursor: cursor.value }, mine.signal);
      const known = new Set(rows.value.map(keyOf));
      rows.value = [...rows.value, ...page.items.filter((machine) => !known.has(keyOf(machine)))];
      cursor.value = page.next_cursor;
    } catch (e) {
      if (mine.signal.aborted) return;
      problem.value = e;
      cursor.value = undefined;
    }
    loading.value = false;
  }

  const soon = useSoon(() => load(true), REST);

  const leave = follow({
    reload: () => void load(true),
    events: (events) => {
      const list = [...rows.value];
      let changed = false;
      for (const event of events) {
        if (event.type !== 'machine') {
          if (event.type === 'task') soon();
          continue;
        }
        const at = list.findIndex((row) => row.sn === event.sn && row.idc === event.idc);
        if (at >= 0 && event.data) {
          list[at] = event.data;
          changed = true;
        }
        soon();
      }
      if (changed) rows.value = list;
    },
  });
  watch(query, (now, before) => { if (JSON.stringify(now) !== JSON.stringify(before)) void load(); });
  void load();
  onUnmounted(() => { leave(); asked.abort(); });
  return { rows, total, loading, problem, cursor, more };
}
