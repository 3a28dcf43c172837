import { computed, reactive } from 'vue';

/** Who looks at the page, and what they may do: GET /api/v1/me. */
export interface Me {
  name: string;
  kind: 'local' | 'session' | 'token';
  must_change_password: boolean;
  roles: { role: string; idc?: string }[];
  permissions: Record<string, string[]>;
  csrf_token?: string;
  credential_id?: string;
}

export type Permission = 'view' | 'change_tasks' | 'approve_tasks' | 'change_machines' | 'open_shells' | 'edit_templates' | 'administer' | 'manage_access' | 'read_audit';

const state = reactive({ me: null as Me | null, loginNeeded: false, asked: false });

export const access = state;
export const isLocal = computed(() => state.me?.kind === 'local');

/** The header that tells the service that a change comes from this page. */
export function csrf(): Record<string, string> {
  return state.me?.csrf_token ? { 'X-CSRF-Token': state.me.csrf_token } : {};
}

/**
 * Whether to offer an action. The service decides all the same; until it has said what may be done everything is offered, so that nothing flickers.
 * Without an IDC: somewhere. For what belongs to no IDC: '*'.
 */
export function can(permission: Permission, idc?: string): boolean {
  if (!state.me) return true;
  const where = state.me.permissions[permission] ?? [];
  return where.includes('*') || (idc === undefined ? where.length > 0 : where.includes(idc));
}

export async function loadMe(): Promise<void> {
  try {
    const answer = await fetch('/api/v1/me', { headers: { Accept: 'application/json' } });
    state.loginNeeded = answer.status === 401;
    const said: unknown = await answer.json().catch(() => null);
    state.me = answer.ok ? (said as Me) : null;
  } catch {
    // Nobody answered: the page says so by itself, and asks again with the next load.
  }
  state.asked = true;
}

/** What another part of the page was refused for want of a login. */
export function loginRequired(): void {
  state.loginNeeded = true;
  state.me = null;
}

export interface Refusal { code: string; title: string; detail: string; errors?: Record<string, string[]> }

/** One call of the access API; a refusal is what the service said. */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`/api/v1${path}`, {
    method, headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...csrf() }, body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.status === 204) return undefined as T;
  const json: unknown = await answer.json().catch(() => ({}));
  if (!answer.ok) throw { title: `HTTP ${answer.status}`, detail: '', code: '', ...(json as object) } as Refusal;
  return json as T;
}

export function words(refusal: unknown): string {
  const said = refusal as Partial<Refusal>;
  return said.errors ? Object.values(said.errors).flat().join(' ') : said.detail || said.title || String(refusal);
}
