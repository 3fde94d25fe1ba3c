import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { dropMachine, makeMachine } from './machine';
import { startRelay } from './relay';

const root = resolve(import.meta.dirname, '../../..');

function free(port: number): Promise<boolean> {
  return new Promise((done) => {
    const s = createServer();
    s.once('error', () => done(false));
    s.listen(port, '127.0.0.1', () => s.close(() => done(true)));
  });
}

/** Ports of our own: a base whose sixteen are all free. */
async function base(): Promise<number> {
  for (let n = 21_000 + (process.pid % 400) * 20; n < 40_000; n += 20) {
    const all = await Promise.all(Array.from({ length: 16 }, (_, i) => free(n + i)));
    if (all.every(Boolean)) return n;
  }
  throw new Error('no free ports');
}

/**
 * Starts a whole Ringbook with its town in a folder of its own and waits until it is ready; gives the way to stop it.
 * RINGBOOK_E2E_DATA names the folder of one that runs already instead.
 */
export default async function setup() {
  const machine = makeMachine();
  process.env.RINGBOOK_E2E_MACHINE = JSON.stringify(machine);
  if (process.env.RINGBOOK_E2E_DATA) return () => dropMachine(machine);
  const data = mkdtempSync(join(tmpdir(), 'ringbook-e2e-'));
  const port = await base();
  const relay = startRelay(machine.ours, port + 15, data);
  const run = spawn(join(root, 'deploy/run'), ['--data', data, '--port-base', String(port), '--sip-port', String(port + 10)], {
    cwd: root,
    env: { ...process.env, ...relay.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const ready = new Promise<void>((done, fail) => {
    const read = (chunk: Buffer) => {
      log += chunk;
      if (/ready after/.test(log)) done();
    };
    run.stdout.on('data', read);
    run.stderr.on('data', read);
    run.once('exit', (code) => fail(new Error(`deploy/run ended with ${code}:\n${log}`)));
  });
  await ready;
  run.removeAllListeners('exit');
  // The last of the logins may be written a moment after the line.
  for (let i = 0; !readable(join(data, 'logins')); i++) {
    if (i > 600) throw new Error(`there are no logins:\n${log}`);
    await new Promise((r) => setTimeout(r, 100));
  }
  process.env.RINGBOOK_E2E_DATA = data;
  return async () => {
    const over = new Promise((done) => run.once('exit', done));
    run.kill('SIGTERM');
    await over;
    relay.process.kill();
    rmSync(data, { recursive: true, force: true });
    dropMachine(machine);
  };
}

function readable(file: string): boolean {
  try {
    return readFileSync(file, 'utf8').includes('administrator');
  } catch {
    return false;
  }
}
