import { onUnmounted, ref, shallowRef, watch } from 'vue';
import { api } from '@/api/client';
import { ApiProblem } from '@/api/problem';
import type { Inventory, TaskPreview, TaskSpec } from '@/api/types';

const PAUSE = 350;

/** What the service would make of the form, anew each time that the person pauses; undefined while something needed is missing. */
export function usePreview(spec: () => Partial<TaskSpec> | undefined, problem: { value: unknown }) {
  const preview = shallowRef<TaskPreview>();
  const hardware = shallowRef<Inventory | null>(null);
  const asking = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked: AbortController | undefined;
  let machine = '';

  async function ask(body: Partial<TaskSpec>) {
    asked?.abort();
    const mine = (asked = new AbortController());
    asking.value = true;
    try {
      const found = await api.previewTask(body, mine.signal);
      if (mine !== asked) return;
      preview.value = found;
      problem.value = undefined;
      await look(found);
    } catch (e) {
      if (mine !== asked) return;
      preview.value = undefined;
      problem.value = e instanceof ApiProblem ? e : undefined;
    }
    if (mine === asked) asking.value = false;
  }
  async function look(found: TaskPreview) {
    const key = found.machine_sn ? `${found.task.idc}/${found.machine_sn}` : '';
    if (key === machine) return;
    machine = key;
    const detail = found.machine_sn ? await api.machine(found.task.idc, found.machine_sn) : undefined;
    if (key === machine) hardware.value = detail?.hardware ?? null;
  }
  watch(() => JSON.stringify(spec() ?? null), (text) => {
    clearTimeout(timer);
    const body = JSON.parse(text) as Partial<TaskSpec> | null;
    if (!body) {
      asked?.abort();
      asked = undefined;
      asking.value = false;
      preview.value = undefined;
    } else {
      timer = setTimeout(() => void ask(body), PAUSE);
    }
  }, { immediate: true });
  onUnmounted(() => { clearTimeout(timer); asked?.abort(); });
  return { preview, hardware, asking };
}
