import config from '../playwright.config';
import { expect, test } from './fixtures';

const options = config.use?.launchOptions ?? {};
const args = options.args ?? [];
test.use({ launchOptions: { ...options, args: [...args, '--webrtc-ip-handling-policy=disable_non_proxied_udp'] } });

test('where no UDP passes the voice goes by TCP, and it is said', async ({ operator, town }) => {
  const { page } = operator;
  await operator.onShift();
  town('+79161112401');
  await operator.state('ringing');
  await operator.bar.getByRole('button', { name: /Ответить|Answer/ }).click();
  await operator.state('talking');
  await expect
    .poll(() => page.locator('[data-voice=them]').getAttribute('data-level').then(Number), { timeout: 15_000, intervals: [100] })
    .toBeGreaterThan(0.2);
  await expect(page.locator('[data-quality]')).toContainText('TCP');
});
