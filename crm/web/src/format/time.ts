import i18next from 'i18next';

let zone: string | undefined;

/** Sets the company's time zone; every clock and day is shown in it. */
export function setZone(name: string) {
  zone = name || undefined;
}

function part(at: Date, options: Intl.DateTimeFormatOptions) {
  return new Intl.DateTimeFormat(i18next.language === 'en' ? 'en-GB' : 'ru-RU', { ...options, timeZone: zone }).format(at);
}

/** The day in the company's zone as 2026-11-23. */
export function day(at: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);
}

/** The clock: 14:20. */
export function clock(at: Date | string): string {
  return part(new Date(at), { hour: '2-digit', minute: '2-digit' });
}

/** The clock with seconds: 12:45:31. */
export function clockSeconds(at: Date | string): string {
  return part(new Date(at), { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/** "today", "yesterday", "24 nov" or "24 nov 2025". */
export function shortDay(at: Date | string, now = new Date()): string {
  const d = new Date(at);
  const t = day(d);
  if (t === day(now)) return i18next.t('common.today');
  if (t === day(new Date(now.getTime() - 86_400_000))) return i18next.t('common.yesterday');
  if (t === day(new Date(now.getTime() + 86_400_000))) return i18next.t('common.tomorrow');
  const text =
    t.slice(0, 4) === day(now).slice(0, 4)
      ? part(d, { day: 'numeric', month: 'short' })
      : part(d, { day: 'numeric', month: 'short', year: 'numeric' });
  return text.replace(/([а-яё]{3})[а-яё]*\.?/, '$1').replace(/ г\.?$/, '');
}

/** Day and clock: "today, 14:20". */
export function moment(at: Date | string, now = new Date()): string {
  return `${shortDay(at, now)}, ${clock(at)}`;
}

/** Everything, for a hover. */
export function full(at: Date | string): string {
  return part(new Date(at), { dateStyle: 'full', timeStyle: 'medium' });
}
