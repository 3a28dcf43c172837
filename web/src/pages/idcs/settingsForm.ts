import type { SiteSettings } from '@/api/types';
import type { Faults } from '@/components/spec/checks';

export interface WindowForm { days: string[]; from: string; to: string; time_zone: string }
export interface RuleForm { name: string; tag: string; profile: string; allow_data: boolean }
export interface SettingsForm { max: string; four: boolean; silence: string; install: string; boot: string; mbps: string; /** Public keys, one below the other. */ keys: string; windows: WindowForm[]; rules: RuleForm[] }

export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const WEEK = 7 * 24 * 60;

export const fromSettings = (settings: SiteSettings): SettingsForm => ({
  max: settings.max_installations?.toString() ?? '', four: settings.four_eyes ?? false, silence: String(settings.silence_minutes ?? 15), install: String(settings.install_minutes ?? 240), boot: String(settings.first_boot_minutes ?? 45), mbps: settings.download_mbps?.toString() ?? '', keys: (settings.image_keys ?? []).join('\n'),
  windows: (settings.maintenance_windows ?? []).map((window) => ({ days: [...(window.days ?? [])], from: window.from, to: window.to, time_zone: window.time_zone ?? 'UTC' })),
  rules: (settings.auto_approval ?? []).map((rule) => ({ name: rule.name, tag: rule.tag ?? '', profile: rule.profile ?? '', allow_data: rule.allow_data ?? false })),
});

/** PEM blocks, or Base64 on a line of its own. */
const keysOf = (text: string) => (text.match(/-----BEGIN[\s\S]*?-----END[^\n]*|[^\s]+/g) ?? []).map((key) => key.trim());

export const toSettings = (form: SettingsForm): SiteSettings => ({
  max_installations: form.max.trim() === '' ? undefined : Number(form.max), four_eyes: form.four, silence_minutes: Number(form.silence), install_minutes: Number(form.install), first_boot_minutes: Number(form.boot),
  download_mbps: form.mbps.trim() === '' ? undefined : Number(form.mbps), image_keys: keysOf(form.keys),
  maintenance_windows: form.windows.map((window) => ({ ...window, days: days.filter((day) => window.days.includes(day)) })),
  auto_approval: form.rules.map((rule) => ({ name: rule.name.trim(), tag: rule.tag.trim() || undefined, profile: rule.profile.trim() || undefined, allow_data: rule.allow_data })),
});

export function check(form: SettingsForm): Faults {
  const faults: Faults = {};
  const whole = (field: string, text: string, most: number, key: string) => { if (!/^\d+$/.test(text.trim()) || Number(text) < 1 || Number(text) > most) faults[field] = key; };
  if (form.max.trim()) whole('max_installations', form.max, 10_000, 'idcs.check.places');
  whole('silence_minutes', form.silence, WEEK, 'idcs.check.minutes');
  whole('install_minutes', form.install, WEEK, 'idcs.check.minutes');
  whole('first_boot_minutes', form.boot, WEEK, 'idcs.check.minutes');
  if (form.mbps.trim()) whole('download_mbps', form.mbps, 400_000, 'idcs.check.mbps');
  form.windows.forEach((window, index) => {
    if (!window.from || !window.to) faults[`maintenance_windows[${index}]`] = 'checks.required';
    else if (window.from === window.to) faults[`maintenance_windows[${index}]`] = 'idcs.check.window';
  });
  form.rules.forEach((rule, index) => {
    if (!rule.name.trim()) faults[`auto_approval[${index}]`] = 'idcs.check.ruleName';
    else if (!rule.tag.trim() && !rule.profile.trim()) faults[`auto_approval[${index}]`] = 'idcs.notAny';
  });
  return faults;
}

/** "22:00" of a time zone, and the days on which a window opens: whether it is open now. */
export function isOpen(window: WindowForm, now: number): boolean {
  if (!window.from || !window.to) return false;
  const parts = Object.fromEntries(new Intl.DateTimeFormat('en-US', { timeZone: window.time_zone, hourCycle: 'h23', weekday: 'short', hour: '2-digit', minute: '2-digit' }).formatToParts(now).map((part) => [part.type, part.value]));
  const time = `${parts.hour}:${parts.minute}`;
  const today = days.indexOf(parts.weekday!.toLowerCase() as (typeof days)[number]);
  const opens = (day: number) => window.days.length === 0 || window.days.includes(days[(day + 7) % 7]!);
  if (window.from < window.to) return time >= window.from && time < window.to && opens(today);
  // Over midnight: the hours after it belong to the day before.
  return (time >= window.from && opens(today)) || (time < window.to && opens(today - 1));
}
