import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** A stored number as people read it: +7 916 555-01-73. What is not E.164 is shown as it came. */
export function phone(e164: string): string {
  const ru = /^\+7(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(e164);
  if (ru) return `+7 ${ru[1]} ${ru[2]}-${ru[3]}-${ru[4]}`;
  return parsePhoneNumberFromString(e164)?.formatInternational() ?? e164;
}
