import i18next from 'i18next';

/** A whole number with hard spaces: 12 480. */
export function count(n: number): string {
  return new Intl.NumberFormat(i18next.language === 'en' ? 'en-GB' : 'ru-RU').format(n);
}

/** A share as 12,4 %. */
export function percent(share: number): string {
  return new Intl.NumberFormat(i18next.language === 'en' ? 'en-GB' : 'ru-RU', { style: 'percent', maximumFractionDigits: 1 }).format(share);
}

/** Money given in hundredths of its currency (ISO 4217): 1 240,50 ₽. */
export function money(hundredths: number, currency: string): string {
  const whole = hundredths % 100 === 0;
  return new Intl.NumberFormat(i18next.language === 'en' ? 'en-GB' : 'ru-RU', {
    style: 'currency',
    currency,
    minimumFractionDigits: whole ? 0 : 2,
    maximumFractionDigits: 2,
  }).format(hundredths / 100);
}
