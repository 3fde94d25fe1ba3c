import { expect, test } from './fixtures';
import { env } from './instance';
import { cutSound, loseATenth, machine } from './machine';

test('somebody on another machine logs in by HTTPS and takes a call, and both hear each other', async ({ there, town }) => {
  const { page } = there;
  await page.goto(`${there.at}/login`);
  await expect(page).toHaveURL(`https://${machine().ours}:${env().RINGBOOK_LISTEN_TLS?.split(':').at(-1)}/login`);
  await expect(page.getByRole('link', { name: 'ca.crt' })).toBeVisible();
  await there.onShift('operator', 2);
  const caller = town('+79168880001');
  await there.state('ringing');
  await page.waitForTimeout(700);
  await page.keyboard.press('F2');
  await there.state('talking');
  for (const voice of ['them', 'us'])
    await expect
      .poll(() => page.locator(`[data-voice=${voice}]`).getAttribute('data-level').then(Number), { timeout: 15_000, intervals: [100] })
      .toBeGreaterThan(0.2);
  await caller.hangUp();
  await there.state('wrap_up', 20_000);
});

test('a tenth of the sound lost on the way is shown within five seconds', async ({ there, town }) => {
  const { page } = there;
  await there.onShift('operator', 2);
  town('+79168880002');
  await there.state('ringing');
  await page.waitForTimeout(700);
  await page.keyboard.press('F2');
  await there.state('talking');
  const shown = () => page.locator('[data-quality]').getAttribute('data-loss', { timeout: 2_000 }).then(Number);
  await expect.poll(shown, { timeout: 10_000 }).toBeLessThan(3);
  const stop = loseATenth(machine());
  await expect.poll(shown, { timeout: 5_000, intervals: [100] }).toBeGreaterThanOrEqual(8);
  stop();
  await expect.poll(shown, { timeout: 10_000 }).toBeLessThan(3);
});

test('where our port of sound is cut the voice goes through a relay, and it is said', async ({ there, town }) => {
  const { page } = there;
  await there.logIn('operator', 2);
  const stop = cutSound(machine(), env().RINGBOOK_MEDIA_LISTEN?.split(':').at(-1) ?? '');
  try {
    await there.start();
    const caller = town('+79168880003');
    await there.state('ringing');
    await page.waitForTimeout(700);
    await page.keyboard.press('F2');
    await there.state('talking');
    for (const voice of ['them', 'us'])
      await expect
        .poll(() => page.locator(`[data-voice=${voice}]`).getAttribute('data-level').then(Number), { timeout: 15_000, intervals: [100] })
        .toBeGreaterThan(0.2);
    await expect(page.locator('[data-quality]')).toHaveAttribute('data-path', 'relay');
    await page.locator('[data-quality]').hover();
    await expect(page.getByText(/Через ретранслятор \(TURN\)|Through a relay \(TURN\)/)).toBeVisible();
    await caller.hangUp();
    await there.state('wrap_up', 20_000);
  } finally {
    stop();
  }
});
