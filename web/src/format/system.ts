/** "Ubuntu 22.04": the version once, whichever way the task was asked for. */
export const systemName = (task: { os_type: string; os_version?: string | null }) =>
  task.os_version && !task.os_type.includes(task.os_version) ? `${task.os_type} ${task.os_version}` : task.os_type;
