import i18next from 'i18next';
import type { Schema } from '@/api/client';
import { phone } from '@/format/phone';

/** Whom a call is with: the client's name, else the number, else that it is hidden. */
export function callName(call: Schema<'Call'>): string {
  if (call.client?.name) return call.client.name;
  if (call.phone) return phone(call.phone);
  if (call.match === 'withheld' || !call.caller) return i18next.t('phone.withheld');
  return call.caller;
}

/** How a call ended, in words. */
export function endText(call: Schema<'Call'>): string {
  const key = `phone.ended.${call.end_reason}`;
  return i18next.exists(key) ? i18next.t(key) : i18next.t('phone.ended.failed');
}

/** Two letters for a face. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((w) => /^\p{L}/u.test(w));
  return words
    .slice(0, 2)
    .map((w) => w[0]?.toUpperCase())
    .join('');
}
