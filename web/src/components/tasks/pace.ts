import type { Task } from '@/api/types';

/** How fast an installation moves, as far as can be seen from here. */
export interface Pace {
  /** Bytes a second; while an image is fetched. */
  rate?: number;
  /** Seconds that are left, a guess from what has been moved so far. */
  left?: number;
}

interface Seen { attempt: number; percent: number; at: number; megabytes?: number }

const seen = new Map<string, Seen[]>();
const KEPT = 12;
const WINDOW = 30_000;
/** Tasks whose reports are kept: who leaves a list says no goodbye. */
const MOST = 500;

const megabytesOf = (message: string | null | undefined) => {
  const match = /^(\d+) of \d+ MB/.exec(message ?? '');
  return match ? Number(match[1]) : undefined;
};

/** Notes a report and says the pace; pure in what it was told. */
export function paceOf(task: Task): Pace {
  if (task.status !== 'installing' || !task.updated_at) {
    seen.delete(task.task_id);
    return {};
  }
  const at = Date.parse(task.updated_at);
  const percent = task.percent ?? 0;
  let reports = seen.get(task.task_id) ?? [];
  if (reports[0] && (reports[0].attempt !== (task.attempt ?? 1) || percent < reports.at(-1)!.percent)) reports = [];
  if (reports.at(-1)?.at !== at) reports = [...reports, { attempt: task.attempt ?? 1, percent, at, megabytes: megabytesOf(task.message) }].slice(-KEPT);
  seen.set(task.task_id, reports);
  if (seen.size > MOST) seen.delete(seen.keys().next().value!);
  return { rate: rateOf(reports), left: leftOf(task, at, percent) };
}

function rateOf(reports: Seen[]): number | undefined {
  const last = reports.at(-1);
  if (last?.megabytes === undefined) return undefined;
  const first = reports.find((report) => report.megabytes !== undefined && last.at - report.at < WINDOW)!;
  const seconds = (last.at - first.at) / 1000;
  return seconds > 0 ? ((last.megabytes - first.megabytes!) * 1e6) / seconds : undefined;
}

/** The install steps begin at 40 %; before that there is nothing to judge by. */
function leftOf(task: Task, at: number, percent: number): number | undefined {
  if (!task.started_at || percent <= 45 || percent >= 100 || task.awaiting_first_boot) return undefined;
  const passed = (at - Date.parse(task.started_at)) / 1000;
  return passed > 2 ? (passed * (100 - percent)) / (percent - 40) : undefined;
}
