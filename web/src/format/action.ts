import { i18n } from '@/i18n';

/** "task.approved" in words; an action that the page does not know keeps its name. */
export function actionName(action: string): string {
  const key = `audit.actions.${action.replaceAll('.', '_')}`;
  return i18n.global.te(key) ? i18n.global.t(key) : action;
}
