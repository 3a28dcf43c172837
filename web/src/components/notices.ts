import { ElMessage } from 'element-plus';
import { ApiProblem } from '@/api/problem';
import { i18n } from '@/i18n';

export const tell = (message: string) => ElMessage({ type: 'success', message, showClose: true });

/** What a stable code means, in the language of the page; the service's own words where the page knows none. */
export function problemTitle(code: string, otherwise: string): string {
  const key = `error.${code}`;
  return i18n.global.te(key) ? i18n.global.t(key) : otherwise;
}

export function problemText(problem: unknown): string {
  if (!(problem instanceof ApiProblem)) return String(problem);
  const title = problemTitle(problem.code, problem.title);
  return problem.detail && problem.code !== 'unreachable' ? `${title}：${problem.detail}`.slice(0, 600) : title;
}

export const tellProblem = (problem: unknown) => ElMessage({ type: 'error', message: problemText(problem), showClose: true, duration: 8_000 });
