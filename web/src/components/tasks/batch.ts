export type Outcome<Item, Value> = { item: Item; ok: true; value: Value } | { item: Item; ok: false; problem: unknown };

const TOGETHER = 6;

/** Does something with each item, a few at a time (a browser opens six connections to a server), and says how each went, in order. */
export async function inTurn<Item, Value>(items: readonly Item[], act: (item: Item) => Promise<Value>, each?: (outcome: Outcome<Item, Value>) => void): Promise<Outcome<Item, Value>[]> {
  const outcomes: Outcome<Item, Value>[] = new Array(items.length);
  let next = 0;
  async function work() {
    while (next < items.length) {
      const index = next++;
      const item = items[index]!;
      try {
        outcomes[index] = { item, ok: true, value: await act(item) };
      } catch (problem) {
        outcomes[index] = { item, ok: false, problem };
      }
      each?.(outcomes[index]);
    }
  }
  await Promise.all(Array.from({ length: Math.min(TOGETHER, items.length) }, work));
  return outcomes;
}
