import { computed, onUnmounted, reactive, ref, shallowRef, watch } from 'vue';
import { api } from '@/api/client';
import { ApiProblem } from '@/api/problem';
import type { BatchRowResult } from '@/api/types';
import { problemText, problemTitle } from '@/components/notices';
import { i18n } from '@/i18n';
import { columnOf, columns, toTask, type Cells, type Column } from './columns';

export type RowState = 'unchecked' | 'valid' | 'invalid' | 'refused' | 'waiting' | 'created' | 'failed';
export interface BatchRow { id: number; cells: Cells; state: RowState; errors: Partial<Record<Column, string>>; detail: string; sn?: string; idc?: string }

const PAUSE = 400;
/** So many in one call that the bar moves, and few enough that the service is never kept long. */
const TOGETHER = 25;
const ATTEMPTS = 4;

let next = 1;
const row = (cells: Cells = {}): BatchRow => ({ id: next++, cells, state: 'unchecked', errors: {}, detail: '' });
const isBad = (one: BatchRow) => one.state === 'invalid' || one.state === 'refused' || one.state === 'failed';
const isOpen = (one: BatchRow) => one.state !== 'created';

const plain: Partial<Record<Column, string>> = { idc: 'idc', sn: 'sn', mac: 'mac', hostname: 'hostname', address: 'cidr', gateway: 'gateway', dns: 'address', ssh_keys: 'key', tags: 'tag', os_type: 'system', os_version: 'version' };
const english = () => i18n.global.locale.value === 'en';
/** The service speaks English; what is meant is said first where the page speaks another language. */
const faultText = (column: Column, text: string) => (english() || !plain[column] ? text : text.startsWith('Required') ? i18n.global.t('checks.required') : `${i18n.global.t(`checks.${plain[column]}`)}（${text}）`);

/** The rows of the table, what the service says of each, and their creation. */
export function useBatch() {
  const rows = ref<BatchRow[]>([]);
  const checking = ref(false);
  const creating = ref<{ done: number; of: number }>();
  const problem = shallowRef<unknown>();
  const counts = computed(() => {
    const all = { valid: 0, bad: 0, created: 0, unchecked: 0 };
    for (const one of rows.value) {
      if (one.state === 'valid') all.valid++;
      else if (isBad(one)) all.bad++;
      else if (one.state === 'created') all.created++;
      else all.unchecked++;
    }
    return all;
  });
  const faults = computed(() => rows.value.flatMap((one, index) => [
    ...columns.flatMap((column) => (one.errors[column] ? [{ index, column, text: one.errors[column]! }] : [])),
    ...(one.detail && isBad(one) ? [{ index, column: undefined, text: one.detail }] : []),
  ]));

  let timer: ReturnType<typeof setTimeout> | undefined;
  let version = 0;
  onUnmounted(() => clearTimeout(timer));
  /** Rows that changed are judged anew, all together: two rows for one machine are a fault of both. */
  function touch(...changed: BatchRow[]) {
    version++;
    for (const one of changed) Object.assign(one, { state: 'unchecked', errors: {}, detail: '' });
    clearTimeout(timer);
    timer = setTimeout(() => void check(), PAUSE);
  }
  async function check(): Promise<boolean> {
    clearTimeout(timer);
    const mine = version;
    const open = rows.value.filter(isOpen);
    if (open.length === 0 || creating.value) return false;
    checking.value = true;
    try {
      const result = await api.batch(open.map((one) => toTask(one.cells)), true);
      if (mine !== version) return false;
      result.results.forEach((answer) => take(open[answer.row - 1]!, answer));
      problem.value = undefined;
      return true;
    } catch (e) {
      if (mine === version) problem.value = e;
      return false;
    } finally {
      if (mine === version) checking.value = false;
    }
  }
  function take(one: BatchRow, answer: BatchRowResult) {
    const errors: BatchRow['errors'] = {};
    const others: string[] = [];
    for (const [field, texts] of Object.entries(answer.errors ?? {})) {
      const column = columnOf(field);
      if (column) errors[column] = [errors[column], faultText(column, texts.join(' '))].filter(Boolean).join(' ');
      else others.push(`${field}: ${texts.join(' ')}`);
    }
    const refusal = answer.outcome === 'refused' ? [problemTitle(answer.code ?? '', answer.code ?? ''), answer.detail].filter(Boolean).join(': ') : '';
    const state: RowState = answer.outcome === 'created' ? 'created' : answer.outcome === 'valid' ? 'valid' : answer.outcome === 'invalid' ? 'invalid' : 'refused';
    Object.assign(one, { state, errors, detail: [refusal, ...others].filter(Boolean).join('\n'), sn: answer.sn ?? undefined, idc: answer.idc ?? undefined });
  }

  async function create() {
    if (creating.value || !(await check())) return;
    const ready = rows.value.filter((one) => one.state === 'valid');
    if (ready.length === 0) return;
    // Sent again after a lost answer, a part is not created twice.
    const key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    const progress = reactive({ done: 0, of: ready.length });
    creating.value = progress;
    for (const one of ready) one.state = 'waiting';
    for (let from = 0; from < ready.length; from += TOGETHER) {
      const part = ready.slice(from, from + TOGETHER);
      try {
        const result = await persist(() => api.batch(part.map((one) => toTask(one.cells)), false, `${key}-${from}`));
        result.results.forEach((answer) => take(part[answer.row - 1]!, answer));
      } catch (e) {
        for (const one of part) Object.assign(one, { state: 'failed', detail: problemText(e) });
      }
      progress.done += part.length;
    }
    creating.value = undefined;
    // What came while they were being created.
    if (rows.value.some((one) => one.state === 'unchecked')) void check();
  }
  async function persist<T>(call: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call();
      } catch (e) {
        // A refusal stays one however often it is asked for.
        const refused = e instanceof ApiProblem && e.status >= 400 && e.status < 500 && e.status !== 429;
        if (attempt === ATTEMPTS || refused) throw e;
        await new Promise((done) => setTimeout(done, 1_000 * attempt));
      }
    }
  }

  function add(all: Cells[]) {
    const added = all.map(row);
    rows.value.push(...added);
    touch(...added);
  }
  function remove(index: number) {
    rows.value.splice(index, 1);
    touch(...rows.value.filter(isBad));
  }
  function clear() {
    rows.value = [];
    version++;
    problem.value = undefined;
    checking.value = false;
    clearTimeout(timer);
  }
  watch(() => rows.value.length, (count) => { if (count === 0) checking.value = false; });
  return { rows, checking, creating, problem, counts, faults, isBad, touch, check, create, add, remove, clear };
}
