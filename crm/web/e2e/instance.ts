import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');

function data(): string {
  const dir = process.env.RINGBOOK_E2E_DATA;
  if (!dir) throw new Error('no instance runs');
  return dir;
}

/** The variables of the running instance. */
export function env(): Record<string, string> {
  const lines = readFileSync(join(data(), 'env'), 'utf8').trim().split('\n');
  return Object.fromEntries(lines.map((l) => [l.slice(0, l.indexOf('=')), l.slice(l.indexOf('=') + 1)]));
}

/** Where the web app is. */
export function address(): string {
  return `http://127.0.0.1:${env().RINGBOOK_LISTEN?.split(':').at(-1)}`;
}

/** A login by role. */
export function login(role: string, nth = 0): { email: string; password: string } {
  const found = readFileSync(join(data(), 'logins'), 'utf8')
    .split('\n')
    .map((l) => l.trim().split(/\s+/))
    .filter((l) => l[0] === role)[nth];
  if (!found) throw new Error(`no login for ${role}`);
  return { email: found[1] ?? '', password: found[2] ?? '' };
}

/** A client of the town who is calling; `hangUp` ends the call from their side. */
export type Caller = { from: string; hangUp: () => Promise<void> };

/** Has a client of the town call one of our numbers. */
export function townCalls(from: string, to = ourNumber()): Caller {
  const vars = env();
  const file = join(root, 'bin/ringbook');
  const made = new Promise<string>((done, fail) =>
    execFile(file, ['demo', 'call', '--from', from, '--to', to], { env: { ...process.env, ...vars } }, (e, out) =>
      e ? fail(e) : done(out.trim()),
    ),
  );
  return {
    from,
    hangUp: async () => {
      const authorization = `Basic ${Buffer.from(`${vars.RINGBOOK_TOWN_ARI_USER}:${vars.RINGBOOK_TOWN_ARI_PASSWORD}`).toString('base64')}`;
      await fetch(`${vars.RINGBOOK_TOWN_ARI_URL}/channels/${await made}`, { method: 'DELETE', headers: { authorization } });
    },
  };
}

let number = '';

/** The first of our numbers. */
export function ourNumber(): string {
  if (!number) {
    const url = env().RINGBOOK_DATABASE_URL ?? '';
    number = execFileSync('psql', [url, '-qAtc', 'select e164 from numbers where archived_at is null order by e164 limit 1'])
      .toString()
      .trim();
  }
  return number;
}

/** The process of the server, to be killed by a test. */
export function serverPid(): number {
  const port = new URL(address()).port;
  const out = execFileSync('ss', ['-ltnp', `sport = :${port}`]).toString();
  return Number(/pid=(\d+)/.exec(out)?.[1] ?? 0);
}
