import { expect, test } from 'vitest';
import { callsOf, change, shown } from './figures';

const formula = (unit: 'count' | 'share' | 'seconds') => ({ code: 'x', unit, additive: true, text: '', left_out: '', params: {} });

test('nothing to count from is not zero', () => {
  expect(shown(formula('seconds'), null)).toBeUndefined();
  expect(shown(formula('seconds'), 0)).toBe('0:00');
});

test('a cell leads to exactly the calls of its filter', () => {
  expect(callsOf({ value: 3, calls: 3, filter: 'ended=true&from=2026-11-01&number=%2B74955551020' })).toEqual({
    ended: 'true',
    from: '2026-11-01',
    number: '+74955551020',
  });
});

test('a change is a share of what was, of shares the points between', () => {
  expect(change(formula('count'), 110, 100)).toBeCloseTo(0.1);
  expect(change(formula('share'), 0.1, 0.12)).toBeCloseTo(-0.02);
  expect(change(formula('count'), 5, 0)).toBeUndefined();
});
