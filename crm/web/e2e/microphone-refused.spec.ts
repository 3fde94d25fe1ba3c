import config from '../playwright.config';
import { expect, test } from './fixtures';

const options = config.use?.launchOptions ?? {};
const args = options.args ?? [];
const granting = '--use-fake-ui-for-media-stream';
test.use({ launchOptions: { ...options, args: [...args.filter((a) => a !== granting), `${granting}=deny`] } });

test('a refused microphone is said with what to do, and no call is taken', async ({ operator }) => {
  const { page } = operator;
  await operator.logIn();
  await page.getByRole('button', { name: /Начать смену|Start the shift/ }).click();
  await operator.state('no_sound');
  await expect(operator.bar).toContainText(/Браузер не даёт микрофон|The browser blocks the microphone/);
  await expect(operator.bar).toContainText(/Нажмите на замок|Click the lock/);
});
