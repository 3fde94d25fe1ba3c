import { notifications } from '@mantine/notifications';
import { Refused } from '@softphone';
import i18next from 'i18next';

/** What the server refused, in words; a code without words is shown so that it can be reported. */
export function refusalText(e: unknown): string {
  const code = e instanceof Refused ? e.code : 'failed';
  const key = `phone.refused.${code}`;
  return i18next.exists(key) ? i18next.t(key) : i18next.t('problems.other', { code });
}

/** Says a refusal in a toast. */
export function tellRefusal(e: unknown) {
  notifications.show({ id: `refused-${e instanceof Refused ? e.code : ''}`, color: 'red', message: refusalText(e), autoClose: 8000 });
}
