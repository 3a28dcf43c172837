import { ref, shallowRef } from 'vue';
import { call, words } from '@/access/me';
import type { Credential } from './CredentialTable.vue';

interface Token { id: string; user: string; description: string; created_at: string; expires_at?: string }
interface Session { id: string; user: string; from?: string; agent?: string; created_at: string; expires_at: string; current: boolean }

/** Tokens and sessions: one's own under /me, everybody's without. */
export function useCredentials(base: '' | '/me') {
  const tokens = shallowRef<Credential[]>([]);
  const sessions = shallowRef<Credential[]>([]);
  const problem = ref('');

  async function load() {
    const [made, open] = await Promise.all([call<{ items: Token[] }>('GET', `${base}/tokens`), call<{ items: Session[] }>('GET', `${base}/sessions`)]);
    tokens.value = made.items.map((token) => ({ ...token, about: token.description }));
    sessions.value = open.items.map((session) => ({ ...session, about: session.from ?? '—', more: session.agent }));
  }
  async function run(work: () => Promise<unknown>) {
    problem.value = '';
    try {
      await work();
      await load();
    } catch (e) {
      problem.value = words(e);
    }
  }
  const revoke = (token: Credential) => run(() => call('DELETE', `${base}/tokens/${encodeURIComponent(token.id)}`));
  const end = (session: Credential) => run(() => call('DELETE', `${base}/sessions/${encodeURIComponent(session.id)}`));
  return { tokens, sessions, problem, load, run, revoke, end };
}
