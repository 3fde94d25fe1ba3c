import { expect, test } from './fixtures';
import { address } from './instance';

test('a microphone that is withdrawn in a talk is said with what to do, the talk goes on, and it comes back', async ({
  operator,
  town,
}) => {
  const { page } = operator;
  await operator.onShift();
  town('+79161112404');
  await operator.state('ringing');
  await page.waitForTimeout(700);
  await page.keyboard.press('F2');
  await operator.state('talking');
  const browser = await page.context().browser()?.newBrowserCDPSession();
  if (!browser) throw new Error('the browser has no session');
  const { targetInfo } = await (await page.context().newCDPSession(page)).send('Target.getTargetInfo');
  const allow = (setting: 'granted' | 'denied') =>
    browser.send('Browser.setPermission', {
      permission: { name: 'microphone' },
      setting,
      origin: address(),
      browserContextId: targetInfo.browserContextId,
    });
  await allow('denied');
  await expect(page.getByText(/Браузер не даёт микрофон|The browser blocks the microphone/).first()).toBeVisible();
  await expect(page.getByText(/Нажмите на замок|Click the lock/).first()).toBeVisible();
  await operator.state('unheard');
  await expect(page.locator('[data-voice=them]')).toBeVisible();
  await expect
    .poll(() => page.locator('[data-voice=them]').getAttribute('data-level').then(Number), { timeout: 15_000, intervals: [100] })
    .toBeGreaterThan(0.2);
  await allow('granted');
  await expect(page.getByText(/Браузер не даёт микрофон|The browser blocks the microphone/)).toHaveCount(0);
  await operator.state('talking');
});
