import { expect, test } from 'vitest';
import { dayText, readDay, readWeek, weekText } from './hours';

test('hours are read as people write them', () => {
  expect(readDay('9-18')).toEqual([{ from: 540, to: 1080 }]);
  expect(readDay('14:00–18:30, 9.00 - 13.00')).toEqual([
    { from: 540, to: 780 },
    { from: 840, to: 1110 },
  ]);
  expect(readDay('0-24')).toEqual([{ from: 0, to: 1440 }]);
});

test('nothing written is a closed day, nonsense is told', () => {
  expect(readDay(' ')).toEqual([]);
  for (const bad of ['18-9', 'nine', '9:75-10', '9-25', '9']) expect(readDay(bad)).toBeUndefined();
  expect(readWeek(['9-18', 'x', '', '', '', '', '']).bad).toEqual([1]);
});

test('what is shown is read back as it was', () => {
  const hours = [[], [{ from: 545, to: 1080 }], [], [], [], [], []];
  expect(weekText(hours)[1]).toBe('9:05–18:00');
  expect(readWeek(weekText(hours)).hours).toEqual(hours);
  expect(dayText(undefined)).toBe('');
});
