import { api } from '@/api/client';
import { ApiProblem } from '@/api/problem';
import type { Inventory, Task, TaskPlanAnswer } from '@/api/types';

/** A task's plan beside the hardware that it was made for; none where the machine has not reported. */
export async function planAndHardware(task: Task): Promise<{ answer: TaskPlanAnswer; hardware: Inventory | null }> {
  const answer = await api.plan(task.idc, task.sn);
  return { answer, hardware: answer.machine_sn ? ((await api.machine(task.idc, answer.machine_sn)).hardware ?? null) : null };
}

/** The machine that a task is linked with; undefined where nobody knows it. */
export async function machineOf(task: Task) {
  for (const sn of new Set([task.machine_sn ?? task.sn, task.sn])) {
    try {
      const machine = await api.machine(task.idc, sn);
      if (machine.hardware) return machine;
    } catch (e) {
      if (!(e instanceof ApiProblem && e.status === 404)) throw e;
    }
  }
  // Linked by its MAC, and the task does not say so before it starts.
  const found = (await api.machines({ idc: task.idc, q: task.mac, limit: 5 })).items.find((machine) => machine.task_id === task.task_id);
  return found ? api.machine(found.idc, found.sn) : undefined;
}
