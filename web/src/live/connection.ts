import { reactive, readonly } from 'vue';
import type { BootSummary, MachineSummary, SecurityAlert, SiteStats, Task } from '@/api/types';

export type LiveEvent =
  | { type: 'task'; idc: string; sn: string; revision: number; data?: Task }
  | { type: 'machine'; idc: string; sn: string; revision: number; data?: MachineSummary }
  | { type: 'boot'; idc: string; sn?: string; revision: number; data?: BootSummary }
  | { type: 'stats'; idc: string; revision: number; data?: SiteStats }
  | { type: 'alert'; idc: string; sn: string; revision: number; data?: SecurityAlert }
  | { type: 'dhcp_server'; idc: string; revision: number; data?: unknown };

interface Follower {
  /** Everything that came since the last frame, in order. */
  events?(events: LiveEvent[]): void;
  /** What is shown may be old: load it again. */
  reload?(): void;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 5_000;
const QUIET = 10_000;
const POLL = 3_000;
const COMPACTED = 4410;
const MISSED = 3_000;
const TOLD_FOR = 8_000;

const state = reactive({ connected: false, everConnected: false, lostAt: null as Date | null, polling: false, back: null as { seconds: number; changes: number } | null });
const followers = new Set<Follower>();
let socket: WebSocket | undefined;
let lastRevision: number | undefined;
let lastWord = 0;
let openedAt = 0;
let pause = FIRST_PAUSE;
let neverOpened = 0;
let retryTimer: ReturnType<typeof setTimeout> | undefined;
let queue: LiveEvent[] = [];
let caughtUp: ReturnType<typeof setTimeout> | undefined;

/** Whether the service is in contact, for the badge. */
export const connection = readonly(state);

/** Follows until the returned function is called. */
export function follow(follower: Follower): () => void {
  followers.add(follower);
  return () => followers.delete(follower);
}

export function startLive(): void {
  connect();
  setInterval(watchQuiet, 2_000);
  addEventListener('online', retryNow);
  addEventListener('offline', () => socket?.close());
  document.addEventListener('visibilitychange', () => {
    // The frame that was asked for will not come.
    if (document.hidden) deliver();
    else if (!state.connected) retryNow();
  });
}

export function retryNow(): void {
  if (state.connected || socket?.readyState === WebSocket.CONNECTING) return;
  pause = FIRST_PAUSE;
  connect();
}

function connect(): void {
  clearTimeout(retryTimer);
  const url = new URL('/ws', location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  if (lastRevision !== undefined) url.searchParams.set('since', String(lastRevision));
  const mine = (socket = new WebSocket(url));
  let opened = false;
  mine.onopen = () => {
    opened = true;
    neverOpened = 0;
    pause = FIRST_PAUSE;
    state.polling = false;
    lastWord = openedAt = Date.now();
    arrived();
    // The stream fills what was missed; lists are loaded again too, since a restored store may count its revisions anew.
    reload();
  };
  mine.onmessage = (message) => {
    lastWord = Date.now();
    take(JSON.parse(message.data as string) as LiveEvent);
  };
  mine.onclose = (closed) => {
    if (socket !== mine) return;
    socket = undefined;
    if (closed.code === COMPACTED) lastRevision = undefined;
    if (!opened) neverOpened++;
    if (!state.polling) lost();
    // A proxy that lets no WebSocket through: ask now and then instead.
    if (neverOpened >= 3) void poll();
    retryTimer = setTimeout(connect, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  };
}

function take(event: LiveEvent): void {
  lastRevision = event.revision;
  // What comes at once after the return is what was missed.
  if (state.back && event.type !== 'stats' && Date.now() - openedAt < MISSED) state.back.changes++;
  queue.push(event);
  if (queue.length === 1) {
    // A hidden page gets no frames.
    if (document.hidden) setTimeout(deliver, 200);
    else requestAnimationFrame(deliver);
  }
}

function deliver(): void {
  if (queue.length === 0) return;
  const events = queue;
  queue = [];
  for (const follower of followers) follower.events?.(events);
}

function reload(): void {
  for (const follower of followers) follower.reload?.();
}

function arrived(): void {
  if (state.everConnected && state.lostAt) {
    state.back = { seconds: (Date.now() - state.lostAt.getTime()) / 1_000, changes: 0 };
    clearTimeout(caughtUp);
    caughtUp = setTimeout(() => { state.back = null; }, TOLD_FOR);
  }
  Object.assign(state, { connected: true, everConnected: true, lostAt: null });
}

function lost(): void {
  if (state.connected || state.lostAt === null) state.lostAt = new Date();
  state.connected = false;
  state.back = null;
}

async function answers(): Promise<boolean> {
  try {
    return (await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(4_000) })).ok;
  } catch {
    return false;
  }
}

/** A frozen service or a cut wire closes no socket: ask. */
async function watchQuiet(): Promise<void> {
  if (state.polling || socket?.readyState !== WebSocket.OPEN || Date.now() - lastWord < QUIET) return;
  lastWord = Date.now();
  if (!(await answers()) && socket) {
    const silent = socket;
    lost();
    silent.close();
    // The closing handshake would wait for the one that is silent.
    silent.onclose?.(new CloseEvent('close', { code: 1006 }));
  }
}

async function poll(): Promise<void> {
  if (state.polling) return;
  state.polling = true;
  while (state.polling) {
    if (await answers()) {
      arrived();
      // It is asked again soon after it is looked at.
      if (!document.hidden) reload();
    } else {
      lost();
    }
    await new Promise((done) => setTimeout(done, POLL));
  }
}
