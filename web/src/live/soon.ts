import { onUnmounted } from 'vue';

/**
 * Asks the service once for many changes, and not at all for a page that nobody sees: that one asks when it is looked at again.
 */
export function useSoon(load: () => unknown, rest: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wanted = false;
  const run = () => {
    timer = undefined;
    if (document.hidden) {
      wanted = true;
      return;
    }
    wanted = false;
    void load();
  };
  const seen = () => { if (!document.hidden && wanted) run(); };
  document.addEventListener('visibilitychange', seen);
  onUnmounted(() => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', seen);
  });
  return () => { timer ??= setTimeout(run, rest); };
}
