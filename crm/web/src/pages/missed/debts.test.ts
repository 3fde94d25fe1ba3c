import { expect, test } from 'vitest';
import type { Schema } from '@/api/client';
import { board, columnOf, minutesLeft } from './debts';

const now = 1_000_000_000;
const debt = (id: string, minutes: number, attempts = 0) =>
  ({ id, deadline: new Date(now + minutes * 60_000).toISOString(), attempts }) as Schema<'Missed'>;

test('a debt stands where its deadline puts it', () => {
  expect(columnOf(debt('a', -1), now)).toBe('overdue');
  expect(columnOf(debt('a', 15), now)).toBe('now');
  expect(columnOf(debt('a', 16), now)).toBe('later');
});

test('whom we try to reach stands apart, overdue or not', () => {
  expect(columnOf(debt('a', -30, 1), now)).toBe('trying');
});

test('in a column the nearest deadline comes first', () => {
  expect(board([debt('b', 9), debt('a', 3), debt('c', 12)], now).now.map((m) => m.id)).toEqual(['a', 'b', 'c']);
});

test('minutes are whole, and over is below zero', () => {
  expect(minutesLeft(debt('a', 5.2), now)).toBe(6);
  expect(minutesLeft(debt('a', -0.5), now)).toBe(-1);
});
