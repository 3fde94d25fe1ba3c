import type { MicState } from '@softphone';
import i18next from 'i18next';

/** The https address of this page, for one who must open it. */
export function secureAddress(): string {
  const port = window.location.port ? `:${Number(window.location.port) + 1}` : '';
  return `https://${window.location.hostname}${port}`;
}

/** What is wrong with the microphone, and what to do. */
export function micText(state: MicState): { what: string; todo: string } {
  const params = { address: secureAddress() };
  const key = state === 'ok' || state === 'none' || state === 'asking' ? state : `bad_${state}`;
  return { what: i18next.t(`phone.mic.${key}.what`, params), todo: i18next.t(`phone.mic.${key}.todo`, params) };
}
