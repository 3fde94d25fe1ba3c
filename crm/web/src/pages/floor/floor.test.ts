import { expect, test } from 'vitest';
import { onFloor, shownAs } from './floor';

const agent = (name: string, state: string, more: object = {}) => ({ id: name, name, state, here: true, media: true, ...more });

test('a page that does not answer is trouble, whatever its person does', () => {
  expect(shownAs(agent('a', 'available', { here: false }), undefined)).toBe('lost');
  expect(shownAs(agent('a', 'available', { media: false }), undefined)).toBe('lost');
  expect(shownAs(agent('a', 'talking'), { state: 'held' })).toBe('held');
  expect(shownAs(agent('a', 'talking'), { state: 'talking' })).toBe('talking');
});

test('trouble stands first, who is off shift is not on the floor', () => {
  const rows = onFloor(
    [agent('Anna', 'available'), agent('Boris', 'offline'), agent('Vera', 'not_responding'), agent('Gleb', 'talking', { call: 'x' })],
    [{ id: 'x', state: 'talking' }],
  );
  expect(rows.map((r) => r.agent.name)).toEqual(['Vera', 'Gleb', 'Anna']);
  expect(rows[1]?.call?.id).toBe('x');
});
