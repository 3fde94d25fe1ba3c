import { expect, test } from 'vitest';
import { loudest, speech } from './speech';

const talk = (pattern: string) => [...pattern].flatMap((c) => (c === '#' ? [-40, 40] : [-1, 1]));
const wave = (client: string, agent: string) => ({ rate: 10, frames: client.length * 800, client: talk(client), agent: talk(agent) });

test('the greatest of least and greatest is what is drawn', () => {
  expect([...loudest([-64, 32, 0, 16])]).toEqual([0.5, 0.125]);
});

test('who spoke, who was silent and who interrupted is counted from the picture', () => {
  const s = speech(wave('##########..........', '........##########..'));
  expect(s).toEqual({ client: 1, agent: 1, silence: 0.2, both: 0.2 });
});

test('a breath inside a sentence does not end it', () => {
  expect(speech(wave('###...###...........', '....................')).client).toBeCloseTo(0.9);
});

test('a stretch can be counted alone', () => {
  expect(speech(wave('##########..........', '..........##########'), 1, 2)).toEqual({ client: 0, agent: 1, silence: 0, both: 0 });
});
