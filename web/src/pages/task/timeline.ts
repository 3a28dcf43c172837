import type { Task, TaskState } from '@/api/types';

export type Moment =
  | { at: string; kind: 'status'; to: TaskState; from?: TaskState; by: string; reason?: string }
  | { at: string; kind: 'step'; step: string; percent: number; message?: string }
  | { at: string; kind: 'operation'; operation: string; success?: boolean; message?: string; finishedAt?: string };

/** All that is on record of a task in the order in which it happened; a decision stands before the steps of the same instant. */
export function timeline(task: Task): Moment[] {
  const moments: Moment[] = [
    ...(task.status_history ?? []).map((change): Moment => ({ at: change.at, kind: 'status', to: change.to, from: change.from ?? undefined, by: change.by, reason: change.reason ?? undefined })),
    ...(task.operations ?? []).map((operation): Moment => ({ at: operation.started_at, kind: 'operation', operation: operation.operation, success: operation.success ?? undefined, message: operation.message ?? undefined, finishedAt: operation.finished_at ?? undefined })),
    ...(task.progress ?? []).map((entry): Moment => ({ at: entry.timestamp, kind: 'step', step: entry.step, percent: entry.percent, message: entry.message ?? undefined })),
  ];
  return moments.map((moment, index) => ({ moment, index })).sort((a, b) => Date.parse(a.moment.at) - Date.parse(b.moment.at) || a.index - b.index).map(({ moment }) => moment);
}
