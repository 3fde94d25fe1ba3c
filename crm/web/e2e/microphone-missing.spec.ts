import config from '../playwright.config';
import { expect, test } from './fixtures';

const options = config.use?.launchOptions ?? {};
const args = options.args ?? [];
test.use({ launchOptions: { ...options, args: args.filter((a) => a !== '--use-fake-device-for-media-stream') } });

test('a machine without a microphone is told what to do', async ({ operator }) => {
  const { page } = operator;
  await operator.logIn();
  await page.getByRole('button', { name: /Начать смену|Start the shift/ }).click();
  await operator.state('no_sound');
  await expect(operator.bar).toContainText(/Микрофона не видно|No microphone found/);
});
