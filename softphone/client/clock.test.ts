import { expect, test } from 'vitest';
import { ServerClock } from './clock';

test('the message that travelled fastest tells the time', () => {
  const clock = new ServerClock();
  const server = Date.parse('2026-11-23T12:00:00.000Z');
  // Our clock is 5 s behind; the messages travel for 300, 20 and 900 ms.
  for (const [n, delay] of [300, 20, 900].entries())
    clock.heard(new Date(server + n * 1000).toISOString(), server + n * 1000 - 5_000 + delay);
  expect(clock.offset).toBe(4_980);
});

test('a time that cannot be read changes nothing', () => {
  const clock = new ServerClock();
  expect(clock.heard('soon', 0)).toBe(0);
});

test('a clock that was set is believed after a minute of messages', () => {
  const clock = new ServerClock();
  clock.heard(new Date(1_000_000).toISOString(), 0);
  for (let i = 0; i < 30; i++) clock.heard(new Date(50_000).toISOString(), 50_000);
  expect(clock.offset).toBe(0);
});
