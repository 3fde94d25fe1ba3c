import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/** The settings of a relay, as variables of the instance. */
export type Relay = { process: ChildProcess; env: Record<string, string> };

/** Starts coturn at an address of ours. */
export function startRelay(address: string, port: number, dir: string): Relay {
  const secret = 'shared-with-the-relay';
  const args = ['-n', '--no-cli', '--no-tls', '--no-dtls', '--use-auth-secret', '--realm=ringbook', '--log-file=stdout', '--simple-log'];
  args.push(`--listening-ip=${address}`, `--relay-ip=${address}`, `--listening-port=${port}`, `--static-auth-secret=${secret}`);
  args.push(`--pidfile=${join(dir, 'relay.pid')}`, `--userdb=${join(dir, 'relay.users')}`);
  const process = spawn('turnserver', args, { stdio: 'ignore' });
  return { process, env: { RINGBOOK_TURN: `turn:${address}:${port}?transport=tcp`, RINGBOOK_TURN_SECRET: secret } };
}
