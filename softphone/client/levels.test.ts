import { expect, test } from 'vitest';
import { level } from './levels';

function tone(amplitude: number): Float32Array {
  return Float32Array.from({ length: 1024 }, (_, i) => amplitude * Math.sin(i / 5));
}

test('silence is nothing and a loud voice is nearly everything', () => {
  expect(level(new Float32Array(1024))).toBe(0);
  expect(level(tone(1))).toBeGreaterThan(0.9);
  expect(level(tone(1))).toBeLessThanOrEqual(1);
});

test('half as loud is a tenth less, as the ear has it', () => {
  expect(level(tone(0.4)) - level(tone(0.2))).toBeCloseTo(0.1, 2);
});

test('no samples are silence', () => {
  expect(level(new Float32Array(0))).toBe(0);
});
