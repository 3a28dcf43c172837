import type { Directive } from 'vue';
import { can, type Permission } from './me';

/** What a decision on a task asks for. */
export const needs = (decision: string): Permission => (decision === 'approve' || decision === 'reject' ? 'approve_tasks' : 'change_tasks');

function apply(element: HTMLElement, value: [Permission, string?]) {
  element.style.display = can(...value) ? '' : 'none';
}

/** `v-can="['change_tasks', idc]"`: what may not be done is not offered. The service refuses it all the same. */
export const vCan: Directive<HTMLElement, [Permission, string?]> = {
  mounted: (element, binding) => apply(element, binding.value),
  updated: (element, binding) => apply(element, binding.value),
};
