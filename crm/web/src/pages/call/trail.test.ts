import { expect, test } from 'vitest';
import type { Schema } from '@/api/client';
import { lanes, length, ticks } from './trail';

const anna = { id: 'a', name: 'Anna' };
const boris = { id: 'b', name: 'Boris' };
const at = (s: number) => new Date(1_000_000 + s * 1000).toISOString();
const segment = (kind: string, from: number, to: number | null, agent: typeof anna | null = null, result = '') => ({
  kind,
  agent,
  queue: kind === 'waiting' ? 'sales' : '',
  from: at(from),
  to: to === null ? null : at(to),
  result,
});
const call = (segments: ReturnType<typeof segment>[], ended: number | null) =>
  ({ started_at: at(0), ended_at: ended === null ? null : at(ended), segments }) as unknown as Schema<'Call'>;

test('the route stands first, then the queue, then people in the order in which they came', () => {
  const c = call(
    [
      segment('greeting', 0, 3),
      segment('waiting', 3, 40),
      segment('ringing', 5, 25, anna, 'timeout'),
      segment('ringing', 26, 40, boris, 'answered'),
      segment('talk', 40, 100, boris),
    ],
    100,
  );
  expect(lanes(c, 0).map((l) => [l.kind, l.name, l.blocks.length])).toEqual([
    ['route', '', 1],
    ['queue', 'sales', 1],
    ['person', 'Anna', 1],
    ['person', 'Boris', 2],
  ]);
});

test('what goes on lasts until now', () => {
  const now = 1_000_000 + 30_000;
  const c = call([segment('waiting', 2, null)], null);
  expect(length(c, now)).toBe(30);
  expect(lanes(c, now)[0]?.blocks[0]).toEqual({ kind: 'waiting', from: 2, to: 30, live: true, result: '' });
});

test('the axis has round marks and never more than ten steps', () => {
  expect(ticks(60)).toEqual([0, 10, 20, 30, 40, 50, 60]);
  expect(ticks(508).length).toBeLessThanOrEqual(11);
  expect(ticks(0.5)).toEqual([0]);
});
