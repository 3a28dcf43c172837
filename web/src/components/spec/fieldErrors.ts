import { computed, reactive, ref, shallowRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { ApiProblem } from '@/api/problem';
import type { Faults } from './checks';

let pressed = false;
addEventListener('pointerdown', () => { pressed = true; }, true);
addEventListener('pointerup', () => { pressed = false; }, true);
addEventListener('pointercancel', () => { pressed = false; }, true);

/** At once; or after the click that is under way, which would miss its button if a message moved it. */
function afterClick(act: () => void): void {
  if (!pressed) act();
  else addEventListener('pointerup', () => setTimeout(act), { once: true });
}

/** What stands at each field: the service's own words, or what is plain already once the person has left the field or sent the form. */
export function useFieldErrors(faults: () => Faults, known: readonly string[]) {
  const { t } = useI18n();
  const problem = shallowRef<unknown>();
  const sent = ref(false);
  const left = reactive(new Set<string>());
  const found = computed(faults);

  const within = (field: string, name: string) => field === name || field.startsWith(`${name}.`) || field.startsWith(`${name}[`);
  const said = computed(() => (problem.value instanceof ApiProblem ? Object.entries(problem.value.errors) : []));

  function at(name: string): string {
    const fault = found.value[name];
    if (fault && said.value.some(([field]) => within(field, name))) return t(fault);
    const texts = said.value.filter(([field]) => within(field, name)).map(([field, messages]) => `${place(field.slice(name.length))}${messages.join(' ')}`);
    if (texts.length > 0) return texts.join('\n');
    return fault && (sent.value || left.has(name)) ? t(fault) : '';
  }
  // "[1]" stands for the second of several; a longer path is named as it is.
  const place = (rest: string) => (rest === '' ? '' : /^\[\d+\]$/.test(rest) ? `${Number(rest.slice(1, -1)) + 1}: ` : `${rest.replace(/^\./, '')}: `);

  return {
    problem, at,
    leave: (name: string) => afterClick(() => left.add(name)),
    /** True: nothing is plainly wrong, send it. */
    tryToSend: () => { sent.value = true; return Object.keys(found.value).length === 0; },
    faulty: computed(() => Object.keys(found.value).length > 0),
    elsewhere: computed(() => said.value.filter(([field]) => !known.some((name) => within(field, name))).map(([field, messages]) => `${field}: ${messages.join(' ')}`)),
  };
}

/** Brings the first field that is wrong into sight, and the keyboard with it. */
export function goToFirstError(root: HTMLElement | undefined | null): void {
  requestAnimationFrame(() => root?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
