import { expect, test } from 'vitest';
import { Heard, type Range } from './heard';

function listen() {
  const sent: Range[] = [];
  const heard = new Heard((r) => sent.push(r));
  const play = (from: number, to: number, step = 0.25) => {
    for (let at = from; at <= to + 1e-9; at += step) heard.at(at);
  };
  return { heard, sent, play };
}

/** Stretches that touch are one, as the server joins them. */
function joined(list: Range[]): Range[] {
  const out: Range[] = [];
  for (const r of list) {
    const last = out.at(-1);
    if (last && Math.abs(last.to - r.from) <= 0.05) last.to = r.to;
    else out.push({ ...r });
  }
  return out;
}

test('playing five seconds, jumping and playing five more gives exactly these two stretches', () => {
  const { heard, sent, play } = listen();
  heard.start(0);
  play(0, 5);
  heard.stop(5);
  heard.start(60);
  play(60, 65);
  heard.stop(65);
  expect(joined(sent)).toEqual([
    { from: 0, to: 5 },
    { from: 60, to: 65 },
  ]);
});

test('a long listening is told every five seconds and loses nothing at the pause', () => {
  const { heard, sent, play } = listen();
  heard.start(0);
  play(0, 12);
  expect(sent).toEqual([
    { from: 0, to: 5 },
    { from: 5, to: 10 },
  ]);
  heard.stop(12.1);
  expect(joined(sent)).toEqual([{ from: 0, to: 12.1 }]);
});

test('a jump that nobody announced does not count as listened', () => {
  const { heard, sent, play } = listen();
  heard.start(0);
  play(0, 3);
  play(30, 32);
  heard.stop(32);
  expect(sent).toEqual([
    { from: 0, to: 3 },
    { from: 30, to: 32 },
  ]);
});

test('going back is a stretch of its own', () => {
  const { heard, sent, play } = listen();
  heard.start(10);
  play(10, 13);
  heard.stop(13);
  heard.start(3);
  play(3, 4);
  heard.stop(4);
  expect(sent).toEqual([
    { from: 10, to: 13 },
    { from: 3, to: 4 },
  ]);
});

test('a click that plays nothing is no listening, and silence after the stop is not counted', () => {
  const { heard, sent } = listen();
  heard.start(7);
  heard.stop(7.01);
  heard.at(9);
  heard.stop();
  expect(sent).toEqual([]);
});

test('at double speed the looks are half a second apart and still one stretch', () => {
  const { heard, sent, play } = listen();
  heard.start(0);
  play(0, 9, 0.5);
  heard.stop(9);
  expect(joined(sent)).toEqual([{ from: 0, to: 9 }]);
});
