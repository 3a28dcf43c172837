import { ElButton, ElNotification } from 'element-plus';
import { h } from 'vue';
import { i18n } from '@/i18n';
import { tellProblem } from './notices';

const OPEN_FOR = 10_000;

/** Says what was done, and offers for some seconds to take it back. */
export function tellWithUndo(message: string, undo: () => Promise<unknown>): void {
  const note = ElNotification({
    title: message, type: 'success', duration: OPEN_FOR, appendTo: '#dialogs',
    message: h(ElButton, {
      size: 'small',
      onClick: () => {
        note.close();
        undo().catch(tellProblem);
      },
    }, () => i18n.global.t('action.undo')),
  });
}
