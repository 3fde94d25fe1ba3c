import { expect, test } from './fixtures';

test('a tenth of the sound lost on the way is shown within five seconds', async ({ operator, town }) => {
  const { page } = operator;
  await operator.onShift();
  town('+79161112403');
  await operator.state('ringing');
  await page.waitForTimeout(700);
  await page.keyboard.press('F2');
  await operator.state('talking');
  const shown = () => page.locator('[data-quality]').getAttribute('data-loss', { timeout: 2_000 }).then(Number);
  await expect.poll(shown, { timeout: 10_000 }).toBeLessThan(3);
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  const conditions = { offline: false, latency: 1, downloadThroughput: -1, uploadThroughput: -1 };
  await network.send('Network.emulateNetworkConditions', { ...conditions, packetLoss: 10 });
  await expect.poll(shown, { timeout: 5_000, intervals: [100] }).toBeGreaterThanOrEqual(8);
  await network.send('Network.emulateNetworkConditions', { ...conditions, packetLoss: 0 });
  await expect.poll(shown, { timeout: 10_000 }).toBeLessThan(3);
});
