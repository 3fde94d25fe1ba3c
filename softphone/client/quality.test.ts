import { expect, test } from 'vitest';
import { readQuality } from './quality';

function stats(received: number, lost: number, far = 0, protocol = 'udp', candidateType = 'host') {
  return [
    { id: 'i', type: 'inbound-rtp', kind: 'audio', packetsReceived: received, packetsLost: lost, jitter: 0.004 },
    { id: 'r', type: 'remote-inbound-rtp', fractionLost: far, roundTripTime: 0.032 },
    { id: 't', type: 'transport', selectedCandidatePairId: 'p' },
    { id: 'p', type: 'candidate-pair', localCandidateId: 'l', remoteCandidateId: 'c', currentRoundTripTime: 0.05 },
    { id: 'l', type: 'local-candidate', candidateType },
    { id: 'c', type: 'remote-candidate', protocol },
  ];
}

test('loss is that since the last look', () => {
  const first = readQuality(stats(1000, 50), { received: 0, lost: 0 });
  const second = readQuality(stats(1090, 60), first.counters);
  expect(second.quality.loss).toBe(10);
  expect(second.quality.jitter).toBe(4);
  expect(second.quality.rtt).toBe(32);
});

test('the worse way counts', () => {
  expect(readQuality(stats(100, 0, 0.12), { received: 0, lost: 0 }).quality.loss).toBe(12);
});

test('silence is no loss', () => {
  expect(readQuality(stats(100, 3), { received: 100, lost: 3 }).quality.loss).toBe(0);
  expect(readQuality([], { received: 0, lost: 0 }).quality).toEqual({ loss: 0, jitter: 0, rtt: 0, path: '' });
});

test('a detour over TCP is seen', () => {
  expect(readQuality(stats(1, 0, 0, 'tcp'), { received: 0, lost: 0 }).quality.path).toBe('tcp');
});

test('a detour through a relay is seen', () => {
  expect(readQuality(stats(1, 0, 0, 'udp', 'relay'), { received: 0, lost: 0 }).quality.path).toBe('relay');
});

test('a counter that begins anew after a reconnect is no loss below nothing', () => {
  expect(readQuality(stats(10, 1), { received: 1000, lost: 50 }).quality.loss).toBe(0);
});
