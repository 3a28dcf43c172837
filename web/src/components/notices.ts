import { ElMessage } from 'element-plus';
import { ApiProblem } from '@/api/problem';
import { i18n } from '@/i18n';

export const tell = (message: string) => ElMessage({ type: 'success', message, showClose: true });

export function problemText(problem: unknown): string {
  if (!(problem instanceof ApiProblem)) return String(problem);
  const key = `error.${problem.code}`;
  const title = i18n.global.te(key) ? i18n.global.t(key) : problem.title;
  return problem.detail && problem.code !== 'unreachable' ? `${title}：${problem.detail}`.slice(0, 600) : title;
}

export const tellProblem = (problem: unknown) => ElMessage({ type: 'error', message: problemText(problem), showClose: true, duration: 8_000 });
