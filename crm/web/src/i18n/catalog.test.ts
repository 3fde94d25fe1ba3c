import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

type Words = { [name: string]: string | Words };
const plural = /_(zero|one|two|few|many|other)$/;

function keys(words: Words, prefix = ''): string[] {
  return Object.entries(words).flatMap(([k, v]) => (typeof v === 'string' ? [prefix + k] : keys(v, `${prefix + k}.`)));
}

function read(language: string): Words {
  const dir = new URL(`./${language}/`, import.meta.url);
  return Object.fromEntries(readdirSync(dir).map((f) => [f.replace('.json', ''), JSON.parse(readFileSync(new URL(f, dir), 'utf8'))]));
}

const ru = keys(read('ru'));
const en = keys(read('en'));
const stems = (list: string[]) => [...new Set(list.map((k) => k.replace(plural, '')))].sort();

test('both languages have the same words', () => {
  expect(stems(ru)).toEqual(stems(en));
});

test('a Russian plural has one, few and many', () => {
  for (const k of ru.filter((k) => plural.test(k))) {
    const stem = k.replace(plural, '');
    for (const form of ['one', 'few', 'many']) expect(ru).toContain(`${stem}_${form}`);
  }
});

test('no word is empty', () => {
  for (const language of ['ru', 'en']) expect(JSON.stringify(read(language))).not.toMatch(/:""/);
});
