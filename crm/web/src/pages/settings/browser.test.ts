import { expect, test } from 'vitest';
import { browserOf } from './browser';

test('a session names its browser and system', () => {
  const chrome = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
  expect(browserOf(chrome)).toBe('Chrome 140, Windows');
  expect(browserOf(`${chrome} YaBrowser/25.8.0`)).toBe('YaBrowser 25, Windows');
  expect(browserOf('Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0')).toBe('Firefox 142, Linux');
  expect(browserOf('Go-http-client/1.1')).toBe('Go-http-client/1.1');
  expect(browserOf('')).toBe('');
});
