import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

export type Language = 'ru' | 'en';
const key = 'ringbook.language';

type Words = { [name: string]: string | Words };
const files = import.meta.glob<Words>('./{ru,en}/*.json', { eager: true, import: 'default' });

/** Every word by language: a file is a namespace of its own, reached as `t('desk.title')`. */
export function catalog(): Record<Language, Words> {
  const all: Record<Language, Words> = { ru: {}, en: {} };
  for (const [path, words] of Object.entries(files)) {
    const [, language, name] = /\.\/(ru|en)\/(.+)\.json$/.exec(path) ?? [];
    if (language && name) all[language as Language][name] = words;
  }
  return all;
}

/** The language of this browser: chosen before, else the browser's own, else Russian. */
export function language(): Language {
  const chosen = localStorage.getItem(key);
  if (chosen === 'ru' || chosen === 'en') return chosen;
  return navigator.language.startsWith('en') ? 'en' : 'ru';
}

/** Changes the language and remembers it in this browser. */
export async function setLanguage(to: Language) {
  localStorage.setItem(key, to);
  document.documentElement.lang = to;
  await i18next.changeLanguage(to);
}

/** Makes i18next ready; to be awaited before the first paint. */
export async function startI18n() {
  const all = catalog();
  document.documentElement.lang = language();
  await i18next.use(initReactI18next).init({
    lng: language(),
    fallbackLng: false,
    resources: { ru: { translation: all.ru }, en: { translation: all.en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
}
