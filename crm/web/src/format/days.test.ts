import { beforeEach, expect, test } from 'vitest';
import { addDays, daysBetween, period, presetOf } from './days';
import { setZone } from './time';

beforeEach(() => setZone('Europe/Moscow'));
const late = new Date('2026-11-30T23:30:00Z'); // already December in Moscow

test('days are those of the company, not of the browser', () => {
  expect(period('today', late)).toEqual({ from: '2026-12-01', to: '2026-12-01' });
  expect(period('yesterday', late)).toEqual({ from: '2026-11-30', to: '2026-11-30' });
});

test('a week and a month end today', () => {
  expect(period('week', late)).toEqual({ from: '2026-11-25', to: '2026-12-01' });
  expect(period('month', late)).toEqual({ from: '2026-11-02', to: '2026-12-01' });
  expect(period('lastMonth', late)).toEqual({ from: '2026-11-01', to: '2026-11-30' });
});

test('two days are told to be their preset', () => {
  expect(presetOf('2026-11-25', '2026-12-01', late)).toBe('week');
  expect(presetOf('2026-11-24', '2026-12-01', late)).toBeUndefined();
});

test('days are added over the end of a month and counted with both ends', () => {
  expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
  expect(daysBetween('2026-11-25', '2026-12-01')).toBe(7);
});
