import { expect, test } from 'vitest';
import { dataText } from './audit';

test('a line says what people read of its data', () => {
  expect(dataText({ reason: 'asked for it' })).toBe('reason: asked for it');
  expect(dataText({ to: { id: 'x', name: 'Sales', version: 3 } })).toBe('Sales');
  expect(dataText({ to: { ring_seconds: 5 } })).toBe('');
  expect(dataText(null)).toBe('');
});
