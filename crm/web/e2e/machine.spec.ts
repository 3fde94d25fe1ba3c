import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { expect, Operator, test, watch } from './fixtures';
import { env, login } from './instance';
import { chromiumThere, type Machine } from './machine';

test('somebody on another machine logs in by HTTPS and takes a call, and both hear each other', async ({ launchOptions, town, faults }) => {
  const machine = JSON.parse(process.env.RINGBOOK_E2E_MACHINE ?? 'null') as Machine | null;
  if (!machine) throw new Error('the setup made no other machine');
  const dir = mkdtempSync(join(tmpdir(), 'ringbook-machine-'));
  const there = chromiumThere(machine, dir, launchOptions.executablePath ?? 'chromium');
  const browser = await chromium.launch({ ...launchOptions, executablePath: there });
  const context = await browser.newContext({
    locale: 'ru-RU',
    ignoreHTTPSErrors: true, // the authority is offered on the login page; its chain is checked by the Go test of the same name
    permissions: ['microphone', 'notifications'],
    viewport: { width: 1440, height: 900 },
  });
  const page = await context.newPage();
  watch(page, faults);
  const port = env().RINGBOOK_LISTEN_TLS?.split(':').at(-1);
  const { email, password } = login('operator', 2);
  await page.goto(`http://${machine.ours}:${env().RINGBOOK_LISTEN?.split(':').at(-1)}/login`);
  await expect(page).toHaveURL(`https://${machine.ours}:${port}/login`);
  await expect(page.getByRole('link', { name: 'ca.crt' })).toBeVisible();
  await page.locator('input[type=email]').fill(email);
  await page.locator('input[type=password]').fill(password);
  await page.locator('button[type=submit]').click();
  const operator = new Operator(page);
  await operator.start();
  const caller = town('+79168880001');
  await operator.state('ringing');
  await page.waitForTimeout(700);
  await page.keyboard.press('F2');
  await operator.state('talking');
  for (const voice of ['them', 'us'])
    await expect
      .poll(() => page.locator(`[data-voice=${voice}]`).getAttribute('data-level').then(Number), { timeout: 15_000, intervals: [100] })
      .toBeGreaterThan(0.2);
  await caller.hangUp();
  await operator.state('wrap_up', 20_000);
  await operator.leave();
  await browser.close();
});
