import { expect, test } from 'vitest';
import { meaning } from './keys';

function pressed(code: string, with_: { shift?: boolean; ctrl?: boolean; alt?: boolean; key?: string } = {}) {
  return {
    code,
    key: with_.key ?? '',
    shiftKey: with_.shift ?? false,
    ctrlKey: with_.ctrl ?? false,
    altKey: with_.alt ?? false,
    metaKey: false,
  } as KeyboardEvent;
}

test('function keys work while typing', () => {
  for (const typing of [true, false]) {
    expect(meaning(pressed('F2'), typing)?.name).toBe('answer');
    expect(meaning(pressed('F10'), typing)?.name).toBe('hangUp');
    expect(meaning(pressed('F2', { shift: true }), typing)?.name).toBe('pause');
    expect(meaning(pressed('Enter', { ctrl: true }), typing)?.name).toBe('finish');
  }
});

test('letters are keys by their place, whatever the layout writes', () => {
  expect(meaning(pressed('KeyK', { ctrl: true, key: 'л' }), true)?.name).toBe('search');
  expect(meaning(pressed('KeyM', { alt: true, key: 'ь' }), true)?.name).toBe('mark');
});

test('the map opens only outside fields', () => {
  expect(meaning(pressed('Slash', { shift: true, key: '?' }), false)?.name).toBe('map');
  expect(meaning(pressed('Slash', { shift: true, key: ',' }), false)?.name).toBe('map');
  expect(meaning(pressed('Slash', { shift: true, key: '?' }), true)).toBeNull();
});

test('Alt and a digit choose', () => {
  expect(meaning(pressed('Digit3', { alt: true }), true)).toEqual({ name: 'outcome', detail: '3' });
  expect(meaning(pressed('Digit3'), false)).toBeNull();
});

test('a key of the browser is left to it', () => {
  expect(meaning(pressed('F5'), false)).toBeNull();
  expect(meaning(pressed('F4', { alt: true }), false)).toBeNull();
  expect(meaning(pressed('ArrowLeft', { alt: true, ctrl: true }), false)).toBeNull();
});
