import { reactive } from 'vue';
import type { Router } from 'vue-router';
import type { Task, TaskState } from '@/api/types';
import { problemTitle } from '@/components/codes';
import { i18n } from '@/i18n';
import { follow } from './connection';

/** Tasks that somebody follows in this browser: key and the status that was last told. */
interface Followed { [machine: string]: TaskState }

const KEY = 'lpmos.follows';
const MOST = 500;

function load(): Followed {
  try {
    const saved: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    if (typeof saved === 'object' && saved !== null) return Object.fromEntries(Object.entries(saved).filter(([, status]) => typeof status === 'string').slice(-MOST)) as Followed;
  } catch {
    // Private mode, or somebody wrote nonsense there.
  }
  return {};
}

const follows = reactive<Followed>(load());
const keyOf = (task: { idc: string; sn: string }) => `${task.idc}/${task.sn}`;

function save() {
  try {
    localStorage.setItem(KEY, JSON.stringify(follows));
  } catch {
    // Not remembered then.
  }
}
// Another tab of the same browser.
addEventListener('storage', (event) => {
  if (event.key !== KEY) return;
  const now = load();
  for (const key of Object.keys(follows)) if (!(key in now)) delete follows[key];
  Object.assign(follows, now);
});

export const isFollowed = (task: { idc: string; sn: string }) => keyOf(task) in follows;

/** What the browser allows: over plain HTTP from another host there are no notifications, only notes in the page. */
export const notificationState = (): 'granted' | 'denied' | 'default' | 'absent' => ('Notification' in window && isSecureContext ? Notification.permission : 'absent');

export function toggleFollow(task: Task): boolean {
  const key = keyOf(task);
  if (key in follows) delete follows[key];
  else {
    if (Object.keys(follows).length >= MOST) delete follows[Object.keys(follows)[0]!];
    follows[key] = task.status;
    if (notificationState() === 'default') void Notification.requestPermission();
  }
  save();
  return key in follows;
}

/** Tells of every new status of what is followed; by the system where the page is not looked at, else by a note in it. */
export function startFollows(router: Router): void {
  follow({
    events: (events) => {
      for (const event of events) {
        if (event.type !== 'task' || !event.data) continue;
        const task = event.data;
        const key = keyOf(task);
        const told = follows[key];
        if (told === undefined || told === task.status) continue;
        follows[key] = task.status;
        save();
        tell(task, router);
      }
    },
  });
}

function tell(task: Task, router: Router) {
  const t = i18n.global.t;
  const title = t('follow.changed', { sn: task.sn.slice(0, 64), status: t(`status.${task.status}`) });
  const body = [task.idc, task.failure && problemTitle(task.failure.code, task.failure.message)].filter(Boolean).join(' · ').slice(0, 200);
  const to = { name: 'task', params: { idc: task.idc, sn: task.sn } };
  if (document.hidden && notificationState() === 'granted') {
    const note = new Notification(title, { body, tag: keyOf(task), icon: '/icon.svg' });
    note.onclick = () => {
      focus();
      note.close();
      void router.push(to);
    };
    return;
  }
  const here = router.currentRoute.value;
  if (here.name === 'task' && here.params.idc === task.idc && here.params.sn === task.sn) return;
  // Not part of the first load.
  void import('./note').then(({ note }) => note(title, body, task.status, () => void router.push(to)));
}
