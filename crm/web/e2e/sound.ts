import { writeFileSync } from 'node:fs';

/** A sine as a mono WAV of 16 bits, for Chromium's microphone (48 kHz) or for the town (8 kHz). */
export function toneFile(path: string, hz: number, seconds: number, rate: number) {
  const n = seconds * rate;
  const b = Buffer.alloc(44 + 2 * n);
  b.write('RIFF', 0);
  b.writeUInt32LE(36 + 2 * n, 4);
  b.write('WAVEfmt ', 8);
  b.writeUInt32LE(16, 16);
  b.writeUInt16LE(1, 20);
  b.writeUInt16LE(1, 22);
  b.writeUInt32LE(rate, 24);
  b.writeUInt32LE(2 * rate, 28);
  b.writeUInt16LE(2, 32);
  b.writeUInt16LE(16, 34);
  b.write('data', 36);
  b.writeUInt32LE(2 * n, 40);
  for (let i = 0; i < n; i++) b.writeInt16LE(Math.round(9000 * Math.sin((2 * Math.PI * hz * i) / rate)), 44 + 2 * i);
  writeFileSync(path, b);
}

/** One byte of A-law or mu-law as a sample (ITU-T G.711). */
function decode(byte: number, law: 'alaw' | 'ulaw'): number {
  if (law === 'ulaw') {
    const u = ~byte & 0xff;
    const t = (((u & 0x0f) << 3) + 0x84) << ((u & 0x70) >> 4);
    return u & 0x80 ? 0x84 - t : t - 0x84;
  }
  const a = byte ^ 0x55;
  const exponent = (a & 0x70) >> 4;
  let t = (a & 0x0f) << 4;
  t = exponent === 0 ? t + 8 : (t + 0x108) << (exponent - 1);
  return a & 0x80 ? t : -t;
}

/** The two channels of a recording: the client left, the agent right, 8 kHz. */
export function channels(wav: Buffer): { client: number[]; agent: number[] } {
  const law = wav.readUInt16LE(20) === 7 ? 'ulaw' : 'alaw';
  let at = 12;
  while (wav.toString('latin1', at, at + 4) !== 'data') at += 8 + wav.readUInt32LE(at + 4);
  const client: number[] = [];
  const agent: number[] = [];
  for (let i = at + 8; i + 1 < wav.length; i += 2) {
    client.push(decode(wav[i] ?? 0, law));
    agent.push(decode(wav[i + 1] ?? 0, law));
  }
  return { client, agent };
}

/** The strength of one frequency in dB (Goertzel). */
export function power(samples: number[], hz: number): number {
  const w = (2 * Math.PI * hz) / 8000;
  let s1 = 0;
  let s2 = 0;
  for (const v of samples) [s1, s2] = [v + 2 * Math.cos(w) * s1 - s2, s1];
  const p = s1 * s1 + s2 * s2 - 2 * Math.cos(w) * s1 * s2;
  return 10 * Math.log10(p / samples.length ** 2 + 1e-9);
}
