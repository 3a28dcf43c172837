/** What a webhook can ask for: the moves of a task, then every change of a kind. */
export const kinds = ['task.pending', 'task.approved', 'task.installing', 'task.completed', 'task.failed', 'task.rejected', 'task.cancelled', 'task', 'machine', 'stats', 'alert'] as const;
