/** First byte of a message of `/api/v1/machines/{idc}/{sn}/shell/terminal`: what the message is. */
const DATA = 0;
const SIZE = 1;
const END = 2;
const READY = 3;
const LONGEST = 16 * 1024;
/** What a terminal may measure at the most, either way. */
const MOST = 1_000;

export interface ShellEvents {
  /** The machine's shell is there. */
  ready(): void;
  shown(bytes: Uint8Array): void;
  /** Once. Without a reason: the connection to the service broke off, or was refused. */
  ended(reason?: string): void;
}

export interface ShellEnd {
  type(bytes: Uint8Array): void;
  resize(columns: number, rows: number): void;
  /** Goes away; the service then ends the session. No event comes any more. */
  leave(): void;
}

/** The operator's end of a session that POST …/shell has opened. The browser sends the login's cookie and the page's origin by itself. */
export function joinShell(idc: string, sn: string, id: string, events: ShellEvents): ShellEnd {
  const url = new URL(`/api/v1/machines/${encodeURIComponent(idc)}/${encodeURIComponent(sn)}/shell/terminal`, location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  url.searchParams.set('session', id);
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  let over = false;
  let ready = false;
  const end = (reason?: string) => {
    if (over) return;
    over = true;
    events.ended(reason);
  };
  socket.onmessage = (message) => {
    if (over || !(message.data instanceof ArrayBuffer)) return;
    const bytes = new Uint8Array(message.data);
    const rest = bytes.subarray(1);
    if (bytes[0] === DATA) events.shown(rest);
    else if (bytes[0] === READY) {
      ready = true;
      events.ready();
    } else if (bytes[0] === END) end(new TextDecoder().decode(rest));
  };
  socket.onclose = () => end();
  const send = (kind: number, bytes: ArrayLike<number>) => {
    if (over || !ready || socket.readyState !== WebSocket.OPEN) return;
    const message = new Uint8Array(bytes.length + 1);
    message[0] = kind;
    message.set(bytes, 1);
    socket.send(message);
  };
  const within = (size: number) => Math.min(Math.max(Math.trunc(size), 1), MOST);
  return {
    type: (bytes) => { for (let at = 0; at < bytes.length; at += LONGEST - 1) send(DATA, bytes.subarray(at, at + LONGEST - 1)); },
    resize: (columns, rows) => send(SIZE, [within(columns), within(rows)].flatMap((size) => [size >> 8, size & 255])),
    leave: () => {
      over = true;
      socket.close();
    },
  };
}
