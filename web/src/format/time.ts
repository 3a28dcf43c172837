import { computed, onUnmounted, ref, type Ref } from 'vue';
import { i18n } from '@/i18n';
import { preferences } from '@/settings/preferences';

const formats = computed(() => {
  const options = { timeZone: preferences.timeZone || undefined, hourCycle: 'h23' } as const;
  const language = preferences.language;
  const parts = { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const;
  return {
    short: new Intl.DateTimeFormat(language, { ...options, ...parts }),
    long: new Intl.DateTimeFormat(language, { ...options, ...parts, year: 'numeric', second: '2-digit', timeZoneName: 'short' }),
    minutes: new Intl.DateTimeFormat(language, { ...options, hour: '2-digit', minute: '2-digit' }),
    clock: new Intl.DateTimeFormat(language, { ...options, hour: '2-digit', minute: '2-digit', second: '2-digit' }),
  };
});

const at = (text: string | Date | null | undefined, format: 'short' | 'long' | 'clock' | 'minutes') =>
  text ? formats.value[format].format(typeof text === 'string' ? new Date(text) : text) : '';

export const shortTime = (text: string | null | undefined) => at(text, 'short');
export const longTime = (text: string | null | undefined) => at(text, 'long');
/** "14:05". */
export const clockMinutes = (text: string | Date | null | undefined) => at(text, 'minutes');
export const clockTime = (text: string | Date | null | undefined) => at(text, 'clock');

/** "3 min 20 s", by the two largest units. */
export function duration(seconds: number): string {
  const t = i18n.global.t;
  const whole = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'unit.days'], [Math.floor(whole / 3_600) % 24, 'unit.hours'], [Math.floor(whole / 60) % 60, 'unit.minutes'], [whole % 60, 'unit.seconds'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return t('unit.seconds', { n: 0 });
  return parts.slice(first, first + 2).filter(([count]) => count > 0).map(([n, key]) => t(key, { n })).join(' ');
}

/** Now, anew every second while somebody looks. */
export function useNow(every = 1_000): Ref<number> {
  const now = ref(Date.now());
  const timer = setInterval(() => { now.value = Date.now(); }, every);
  onUnmounted(() => clearInterval(timer));
  return now;
}

export const secondsBetween = (from: string, to: string | number) => ((typeof to === 'number' ? to : Date.parse(to)) - Date.parse(from)) / 1000;
