import type { Schema } from '@/api/client';

type Waveform = Schema<'Waveform'>;

/** Louder than this, in 1/128 of full scale, is speech. */
const loud = 5;

/** The loudest of each bucket of one side, from 0 to 1; the server gives the least and the greatest sample. */
export function loudest(side: number[] | null): Float32Array {
  const pairs = side ?? [];
  const out = new Float32Array(Math.floor(pairs.length / 2));
  for (let i = 0; i < out.length; i++) out[i] = Math.max(Math.abs(pairs[2 * i] ?? 0), Math.abs(pairs[2 * i + 1] ?? 0)) / 128;
  return out;
}

/** How long each side spoke, how long neither did, and both at once, in seconds. */
export type Speech = { client: number; agent: number; silence: number; both: number };

/** Counts speech between two buckets. A short pause inside speech is speech. */
export function speech(w: Waveform, from = 0, to = Number.POSITIVE_INFINITY): Speech {
  const client = spoken(loudest(w.client), w.rate);
  const agent = spoken(loudest(w.agent), w.rate);
  const n = Math.min(Math.max(client.length, agent.length), to * w.rate);
  const out = { client: 0, agent: 0, silence: 0, both: 0 };
  for (let i = Math.floor(from * w.rate); i < n; i++) {
    const c = client[i] ?? false;
    const a = agent[i] ?? false;
    if (c) out.client++;
    if (a) out.agent++;
    if (c && a) out.both++;
    if (!c && !a) out.silence++;
  }
  for (const k of Object.keys(out) as (keyof Speech)[]) out[k] /= w.rate;
  return out;
}

/** Marks the buckets in which somebody speaks; pauses up to 0.4 s are bridged. */
function spoken(side: Float32Array, rate: number): boolean[] {
  const out = Array.from(side, (v) => v * 128 > loud);
  const bridge = Math.round(0.4 * rate);
  let last = -1;
  for (let i = 0; i < out.length; i++) {
    if (!out[i]) continue;
    if (last >= 0 && i - last <= bridge) out.fill(true, last, i);
    last = i;
  }
  return out;
}
