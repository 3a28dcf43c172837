import { shallowRef } from 'vue';

/** A row of the table in the elements that draw it. */
export interface Place<Row> { slot: number; index: number; key: string; row: Row }

/**
 * Gives the rows in sight to elements that are there already. To make and drop elements for each row that scrolls by is what makes a long list stutter:
 * the browser's clearing up of them stops a frame for longer than their drawing.
 */
export function usePlaces<Row>(keyOf: (row: Row) => string, /** An element that must not become another row under a person's hands. */ held: () => number) {
  const places = shallowRef<readonly Place<Row>[]>([]);
  let slots = 0;

  function show(rows: readonly Row[], first: number, last: number) {
    const wanted = new Map<string, number>();
    for (let index = first; index < last; index++) wanted.set(keyOf(rows[index]!), index);
    const focused = held();
    const next: (Place<Row> | undefined)[] = [];
    const free: number[] = [];
    for (const place of places.value) {
      const index = wanted.get(place.key);
      if (index !== undefined) {
        wanted.delete(place.key);
        next.push(place.index === index && place.row === rows[index] ? place : { ...place, index, row: rows[index]! });
      } else if (place.slot !== focused) {
        free.push(next.length);
        next.push(place);
      }
    }
    let used = 0;
    for (const [key, index] of wanted) {
      const row = rows[index]!;
      const at = free[used++];
      if (at === undefined) next.push({ slot: slots++, index, key, row });
      else next[at] = { slot: next[at]!.slot, index, key, row };
    }
    for (const at of free.slice(used)) next[at] = undefined;
    places.value = next.filter((place) => place !== undefined).sort((a, b) => a.index - b.index);
  }
  return { places, show };
}
