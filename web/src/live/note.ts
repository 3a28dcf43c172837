import { ElNotification } from 'element-plus';
import type { TaskState } from '@/api/types';

/** A note in the corner of the page. */
export function note(title: string, message: string, status: TaskState, open: () => void): void {
  const shown = ElNotification({
    title, message, type: status === 'failed' ? 'error' : status === 'completed' ? 'success' : 'info', duration: status === 'failed' ? 0 : 8_000, appendTo: '#dialogs',
    onClick: () => {
      shown.close();
      open();
    },
  });
}
