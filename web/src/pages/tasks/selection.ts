import { computed, ref, shallowRef, type ShallowRef } from 'vue';

/** Rows that a person ticked; with Shift all between two clicks. */
export function useSelection<Row>(rows: ShallowRef<Row[]>, keyOf: (row: Row) => string) {
  const selected = shallowRef<ReadonlySet<string>>(new Set());
  const anchor = ref<string>();

  function toggle(row: Row, range: boolean) {
    const next = new Set(selected.value);
    const key = keyOf(row);
    const on = !next.has(key);
    const from = range && anchor.value !== undefined ? rows.value.findIndex((other) => keyOf(other) === anchor.value) : -1;
    const to = rows.value.findIndex((other) => keyOf(other) === key);
    const span = from >= 0 ? rows.value.slice(Math.min(from, to), Math.max(from, to) + 1) : [row];
    for (const one of span) if (on) next.add(keyOf(one)); else next.delete(keyOf(one));
    anchor.value = key;
    selected.value = next;
  }
  function toggleAll() {
    const all = rows.value.every((row) => selected.value.has(keyOf(row)));
    selected.value = all ? new Set() : new Set(rows.value.map(keyOf));
  }
  const clear = () => { selected.value = new Set(); };
  const picked = computed(() => rows.value.filter((row) => selected.value.has(keyOf(row))));
  return { selected, toggle, toggleAll, clear, picked };
}
