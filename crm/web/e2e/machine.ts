import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Another computer: a network namespace of its own with one wire to this one. */
export type Machine = { name: string; ours: string };

function ip(line: string) {
  execFileSync('ip', line.split(' '), { stdio: 'pipe' });
}

/** The machine that the setup made. */
export function machine(): Machine {
  const made = JSON.parse(process.env.RINGBOOK_E2E_MACHINE ?? 'null') as Machine | null;
  if (!made) throw new Error('the setup made no other machine');
  return made;
}

/** Makes the machine; it needs root. Make it before the instance starts, so that its address is one of the instance's. */
export function makeMachine(): Machine {
  const n = process.pid % 250;
  const name = `rbweb${process.pid}`;
  const wire = `rbw${process.pid}`;
  const ours = `10.78.${n}.1`;
  ip(`netns add ${name}`);
  ip(`link add ${wire} type veth peer name eth0 netns ${name}`);
  ip(`addr add ${ours}/30 dev ${wire}`);
  ip(`link set ${wire} up`);
  ip(`-n ${name} addr add 10.78.${n}.2/30 dev eth0`);
  ip(`-n ${name} link set eth0 up`);
  ip(`-n ${name} link set lo up`);
  return { name, ours };
}

/** Takes the machine away, its end of the wire with it. */
export function dropMachine(m: Machine) {
  ip(`netns del ${m.name}`);
}

/** A program that is Chromium over there. */
export function chromiumThere(m: Machine, dir: string, chromium: string): string {
  const file = join(dir, 'chromium-there');
  writeFileSync(file, `#!/bin/sh\nexec ip netns exec ${m.name} ${chromium} "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Lets nothing through between the machine and our port of sound, by UDP or TCP; gives the way to stop it. */
export function cutSound(m: Machine, port: string): () => void {
  const rules = ['-p udp', `-p tcp --dport ${port}`];
  const rule = (change: string, what: string) => ip(`netns exec ${m.name} iptables ${change} OUTPUT ${what} -j DROP`);
  for (const r of rules) rule('-A', r);
  return () => {
    for (const r of rules) rule('-D', r);
  };
}

/** Drops each tenth UDP packet that the machine sends or is sent; gives the way to stop it. */
export function loseATenth(m: Machine): () => void {
  const chains = ['INPUT', 'OUTPUT'];
  const rule = (change: string, chain: string) =>
    ip(`netns exec ${m.name} iptables ${change} ${chain} -p udp -m statistic --mode nth --every 10 --packet 0 -j DROP`);
  for (const c of chains) rule('-A', c);
  return () => {
    for (const c of chains) rule('-D', c);
  };
}
