import { expect, test, vi } from 'vitest';
import { Microphone, reasonOf } from './microphone';

test('a browser says in its own way why there is no microphone', () => {
  const named = (name: string) => new DOMException('', name);
  expect(reasonOf(named('NotAllowedError'))).toBe('refused');
  expect(reasonOf(named('SecurityError'))).toBe('refused');
  expect(reasonOf(named('NotFoundError'))).toBe('missing');
  expect(reasonOf(named('OverconstrainedError'))).toBe('missing');
  expect(reasonOf(named('NotReadableError'))).toBe('busy');
  expect(reasonOf('what')).toBe('busy');
});

test('a page that is not secure has no microphone, and says so', async () => {
  vi.stubGlobal('isSecureContext', false);
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => {} });
  const microphone = new Microphone(() => {});
  expect(await microphone.open()).toBe(false);
  expect(microphone.status.get().state).toBe('insecure');
  vi.unstubAllGlobals();
});
