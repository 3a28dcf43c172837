import { computed, onUnmounted, shallowRef } from 'vue';
import { api } from '@/api/client';
import type { MachineSummary } from '@/api/types';
import { i18n } from '@/i18n';

const MOST = 20;
const PAUSE = 200;

export const describeMachine = (machine: MachineSummary) =>
  [machine.idc, [machine.company, machine.product].filter(Boolean).join(' ') || machine.cpu_model, machine.mac, i18n.global.t(machine.online ? 'create.online' : 'create.offline')].filter(Boolean).join(' · ');

/** Machines that fit what is being typed, asked for when the person pauses. */
export function useMachineChoices(text: () => string, idc: () => string, unmatched = false) {
  const found = shallowRef<MachineSummary[]>([]);
  const choices = computed(() => found.value.map((machine) => ({ value: machine.sn, label: machine.sn, aside: describeMachine(machine), machine })));
  let asked = 0;
  let typing: ReturnType<typeof setTimeout> | undefined;

  async function ask() {
    const mine = ++asked;
    try {
      const page = await api.machines({ unmatched: unmatched ? 'true' : undefined, q: text().slice(0, 100) || undefined, idc: idc() || undefined, limit: MOST });
      if (mine === asked) found.value = page.items;
    } catch {
      found.value = [];
    }
  }
  function look() {
    clearTimeout(typing);
    typing = setTimeout(() => void ask(), PAUSE);
  }
  onUnmounted(() => clearTimeout(typing));
  return { choices, look };
}
