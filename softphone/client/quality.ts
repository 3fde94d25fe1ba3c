/** How the sound travels: loss in percent, the worse of both ways; jitter and round trip in milliseconds; how it passes:
 * straight by UDP, straight by TCP, or by way of a relay. */
export interface Quality {
  loss: number;
  jitter: number;
  rtt: number;
  path: 'udp' | 'tcp' | 'relay' | '';
}

/** The counters of an earlier look, against which a loss is measured. */
export interface Counters {
  received: number;
  lost: number;
}

type Stat = Record<string, unknown> & { id: string; type: string };

function number(v: unknown): number {
  return typeof v === 'number' && Number.isFinite(v) ? v : 0;
}

/** Reads WebRTC's statistics (webrtc-stats, W3C): loss since the last look, and the far side's report of our own voice. */
export function readQuality(stats: Iterable<Stat>, before: Counters): { quality: Quality; counters: Counters } {
  const all = [...stats];
  const inbound = all.find((s) => s.type === 'inbound-rtp' && s.kind === 'audio');
  const far = all.find((s) => s.type === 'remote-inbound-rtp');
  const transport = all.find((s) => s.type === 'transport');
  const pair =
    all.find((s) => s.id === transport?.selectedCandidatePairId) ?? all.find((s) => s.type === 'candidate-pair' && s.nominated === true);
  const local = all.find((s) => s.id === pair?.localCandidateId);
  const remote = all.find((s) => s.id === pair?.remoteCandidateId);
  const counters = { received: number(inbound?.packetsReceived), lost: number(inbound?.packetsLost) };
  const came = Math.max(0, counters.received - before.received);
  const missing = Math.max(0, counters.lost - before.lost);
  const down = came + missing > 0 ? (100 * missing) / (came + missing) : 0;
  const up = 100 * number(far?.fractionLost);
  const rtt = 1000 * (number(far?.roundTripTime) || number(pair?.currentRoundTripTime));
  const direct = remote?.protocol === 'tcp' ? 'tcp' : remote ? 'udp' : '';
  const path = local?.candidateType === 'relay' ? 'relay' : direct;
  return { quality: { loss: Math.max(down, up), jitter: 1000 * number(inbound?.jitter), rtt, path }, counters };
}
