import { onUnmounted, ref, watch, type Ref } from 'vue';

const PAUSE = 250;
const LONGEST = 100;

/** What stands in a search box: it becomes part of the address when the person pauses, and follows the address. */
export function useSearch(known: () => string, set: (text: string | undefined) => void): Ref<string> {
  const text = ref(known());
  let typing: ReturnType<typeof setTimeout> | undefined;
  watch(text, (value) => {
    clearTimeout(typing);
    typing = setTimeout(() => set(value.trim().slice(0, LONGEST) || undefined), PAUSE);
  });
  watch(known, (value) => { if (value !== text.value.trim()) text.value = value; });
  // Who has gone to another page does not filter that one.
  onUnmounted(() => clearTimeout(typing));
  return text;
}
