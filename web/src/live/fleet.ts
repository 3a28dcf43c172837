import { reactive } from 'vue';
import { api } from '@/api/client';
import type { FleetStats } from '@/api/types';
import { follow } from './connection';

/** Counts of all IDCs, never older than a moment. */
export const fleet = reactive<{ stats?: FleetStats }>({});

const PAUSE = 400;
let asking = false;
let again = false;

// The service counts at memory speed and tells the truth of now; the store's own counts lag.
async function refresh(): Promise<void> {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  do {
    again = false;
    try {
      fleet.stats = await api.stats();
    } catch {
      // The badge says so; the next change asks again.
    }
    await new Promise((done) => setTimeout(done, PAUSE));
  } while (again);
  asking = false;
}

export function startFleet(): void {
  follow({ events: () => void refresh(), reload: () => void refresh() });
  void refresh();
}
