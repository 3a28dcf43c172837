import { onUnmounted } from 'vue';

/**
 * Asks the service once for many changes, never while it still owes the last answer, and not at all for a page that nobody sees: that one asks when it is looked at again.
 */
export function useSoon(load: () => unknown, rest: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wanted = false;
  let busy = false;
  let gone = false;
  async function run() {
    timer = undefined;
    wanted = document.hidden || busy;
    if (wanted) return;
    busy = true;
    try {
      await load();
    } finally {
      busy = false;
    }
    // What changed while the answer was on its way.
    if (wanted && !gone) soon();
  }
  function soon() {
    timer ??= setTimeout(() => void run(), rest);
  }
  const seen = () => {
    if (document.hidden || !wanted || busy) return;
    clearTimeout(timer);
    void run();
  };
  document.addEventListener('visibilitychange', seen);
  onUnmounted(() => {
    gone = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', seen);
  });
  return soon;
}
