import type { Schema } from '@/api/client';

type Call = Schema<'Call'>;

/** A stretch on a lane, in seconds since the call began. Result is an offer's: answered, rejected, timeout, gone. */
export type Block = { kind: string; from: number; to: number; live: boolean; result: string };

/** A lane of the trail: a step of the route, the queue, or a person. */
export type Lane = { key: string; kind: 'route' | 'queue' | 'line' | 'person'; name: string; blocks: Block[] };

/** The seconds that the picture of a call shows: all of it, at least one. */
export function length(call: Call, now: number): number {
  const begin = Date.parse(call.started_at);
  return Math.max(1, (Math.max(begin, call.ended_at ? Date.parse(call.ended_at) : now) - begin) / 1000);
}

/** Puts the steps of a call on lanes: the route, the queue, the line out, and each person in the order in which they came. */
export function lanes(call: Call, now: number): Lane[] {
  const begin = Date.parse(call.started_at);
  const out = new Map<string, Lane>();
  for (const s of call.segments ?? []) {
    const [key, kind, name] = place(s);
    const lane = out.get(key) ?? { key, kind, name, blocks: [] };
    out.set(key, lane);
    const from = Math.max(0, (Date.parse(s.from) - begin) / 1000);
    const to = Math.max(from, ((s.to ? Date.parse(s.to) : now) - begin) / 1000);
    lane.blocks.push({ kind: s.kind, from, to, live: !s.to, result: s.result });
  }
  const order = ['route', 'queue', 'line', 'person'];
  return [...out.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

function place(s: Schema<'Segment'>): [string, Lane['kind'], string] {
  if (s.kind === 'greeting' || s.kind === 'message') return ['route', 'route', ''];
  if (s.kind === 'waiting') return [`queue ${s.queue}`, 'queue', s.queue];
  if (s.agent) return [s.agent.id, 'person', s.agent.name];
  return ['line', 'line', ''];
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** The marks of the time axis: round times, ten at most. */
export function ticks(seconds: number, most = 10): number[] {
  const step = steps.find((s) => seconds / s <= most) ?? 7200;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, i) => i * step);
}
