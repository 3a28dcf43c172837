import type { TaskState } from '@/api/types';

export type Decision = 'approve' | 'reject' | 'cancel' | 'retry';

const table: Record<TaskState, readonly Decision[]> = {
  pending: ['approve', 'reject'], approved: ['cancel'], installing: ['cancel'], failed: ['retry'], completed: [], rejected: [], cancelled: [],
};

/** What a person may do with a task; the service has the last word. */
export const allowed = (status: TaskState, decision: Decision) => table[status].includes(decision) || (decision === 'cancel' && status === 'pending');
export const choices = (status: TaskState) => table[status];
