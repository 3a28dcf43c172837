import { i18n } from '@/i18n';

/** What a stable code means, in the language of the page; the service's own words where the page knows none. */
export function problemTitle(code: string, otherwise: string): string {
  const key = [`error.${code}`, `code.${code}`].find((one) => i18n.global.te(one));
  return key ? i18n.global.t(key) : otherwise;
}
