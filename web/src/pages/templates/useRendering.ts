import { onUnmounted, ref, shallowRef, watch } from 'vue';
import { api } from '@/api/client';
import type { RenderRequest, RenderedTemplate } from '@/api/types';

const PAUSE = 400;

/** What the text comes to for a machine, anew each time that the person pauses. */
export function useRendering(request: () => RenderRequest | undefined) {
  const rendered = shallowRef<RenderedTemplate>();
  const problem = shallowRef<unknown>();
  const asking = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;

  async function ask(body: RenderRequest) {
    const mine = ++asked;
    try {
      const found = await api.renderTemplate(body);
      if (mine !== asked) return;
      rendered.value = found;
      problem.value = undefined;
    } catch (e) {
      if (mine === asked) problem.value = e;
    }
    if (mine === asked) asking.value = false;
  }
  watch(() => JSON.stringify(request() ?? null), (text) => {
    clearTimeout(timer);
    const body = JSON.parse(text) as RenderRequest | null;
    if (!body) return;
    asking.value = true;
    timer = setTimeout(() => void ask(body), PAUSE);
  }, { immediate: true });
  onUnmounted(() => clearTimeout(timer));
  return { rendered, problem, asking };
}
