import { computed, reactive, watch } from 'vue';

export type Language = 'zh-CN' | 'en';
export type Theme = 'system' | 'light' | 'dark';

interface Preferences {
  language: Language;
  theme: Theme;
  /** IANA name, or empty for this browser's. */
  timeZone: string;
  /** Single letters do something. */
  shortcuts: boolean;
}

const KEY = 'lpmos.preferences';
const darkSystem = matchMedia('(prefers-color-scheme: dark)');

function load(): Preferences {
  const chosen: Preferences = { language: 'zh-CN', theme: 'system', timeZone: '', shortcuts: true };
  try {
    const saved = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>;
    if (saved.language === 'en' || saved.language === 'zh-CN') chosen.language = saved.language;
    if (saved.theme === 'light' || saved.theme === 'dark') chosen.theme = saved.theme;
    if (saved.shortcuts === false) chosen.shortcuts = false;
    if (typeof saved.timeZone === 'string' && isTimeZone(saved.timeZone)) chosen.timeZone = saved.timeZone;
  } catch {
    // Private mode, or somebody wrote nonsense there: defaults.
  }
  return chosen;
}

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name || undefined }));
  } catch {
    return false;
  }
}

/** What this browser remembers of its user. */
export const preferences = reactive(load());

const system = reactive({ dark: darkSystem.matches });
darkSystem.addEventListener('change', (e) => { system.dark = e.matches; });

/** Paper is white, whatever the screen. */
const paper = matchMedia('print');
const printed = reactive({ now: paper.matches });
paper.addEventListener('change', (e) => { printed.now = e.matches; });
export const isDark = computed(() => !printed.now && (preferences.theme === 'dark' || (preferences.theme === 'system' && system.dark)));

export const timeZones: readonly string[] = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

watch(preferences, () => {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // Not remembered then.
  }
});

watch([isDark, () => preferences.language], () => {
  document.documentElement.classList.toggle('dark', isDark.value);
  document.documentElement.lang = preferences.language;
}, { immediate: true, flush: 'sync' });
