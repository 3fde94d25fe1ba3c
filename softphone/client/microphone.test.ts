import { expect, test } from 'vitest';
import { reasonOf } from './microphone';

test('a browser says in its own way why there is no microphone', () => {
  const named = (name: string) => new DOMException('', name);
  expect(reasonOf(named('NotAllowedError'))).toBe('refused');
  expect(reasonOf(named('SecurityError'))).toBe('refused');
  expect(reasonOf(named('NotFoundError'))).toBe('missing');
  expect(reasonOf(named('OverconstrainedError'))).toBe('missing');
  expect(reasonOf(named('NotReadableError'))).toBe('busy');
  expect(reasonOf('what')).toBe('busy');
});
