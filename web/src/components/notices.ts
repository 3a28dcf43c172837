import { ElMessage } from 'element-plus';
import { ApiProblem } from '@/api/problem';
import { problemTitle } from './codes';

export { problemTitle } from './codes';

export const tell = (message: string) => ElMessage({ type: 'success', message, showClose: true });

export function problemText(problem: unknown): string {
  if (!(problem instanceof ApiProblem)) return String(problem);
  const title = problemTitle(problem.code, problem.title);
  return problem.detail && problem.code !== 'unreachable' ? `${title}：${problem.detail}`.slice(0, 600) : title;
}

export const tellProblem = (problem: unknown) => ElMessage({ type: 'error', message: problemText(problem), showClose: true, duration: 8_000 });
