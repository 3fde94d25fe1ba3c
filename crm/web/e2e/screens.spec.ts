import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { address } from './instance';

const shots = process.env.RINGBOOK_E2E_SHOTS ?? '/tmp/ringbook-e2e/shots';
const sizes = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

/** Looks at a state in both schemes and sizes: axe finds nothing, and pictures are kept for people to look at. */
async function look(page: Page, name: string, language: string) {
  mkdirSync(shots, { recursive: true });
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport);
      await page.waitForTimeout(150);
      await page.screenshot({ path: join(shots, `${name}-${language}-${scheme}-${size}.png`) });
      if (language === 'en' && size === 'phone') continue;
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect
        .soft(violations.map((v) => `${name} ${scheme} ${size}: ${v.id} ${v.nodes.map((n) => n.html.slice(0, 160)).join(', ')}`))
        .toEqual([]);
    }
  }
  await page.setViewportSize(sizes.desk);
  await page.emulateMedia({ colorScheme: 'light' });
}

for (const language of ['ru', 'en']) {
  test(`every state of the phone, in ${language}`, async ({ operator, town }) => {
    test.setTimeout(240_000);
    const { page } = operator;
    await page.addInitScript((l) => localStorage.setItem('ringbook.language', l), language);
    await page.goto(`${address()}/login`);
    await page.locator('input[type=email]').waitFor();
    await look(page, '1-login', language);
    await operator.logIn();
    await page.getByRole('button', { name: /Начать смену|Start the shift/ }).waitFor();
    await page.waitForTimeout(800);
    await look(page, '2-start', language);
    await operator.start();
    await look(page, '3-idle', language);
    await page.keyboard.press('Control+k');
    await expect(page.locator('input[data-autofocus]')).toBeFocused();
    await page.keyboard.type('ан');
    await page.waitForTimeout(600);
    await look(page, '4-search', language);
    await page.keyboard.press('Escape');
    await page.locator('body').press('?');
    await look(page, '5-keys', language);
    await page.keyboard.press('Escape');
    const caller = town('+79169491451');
    await operator.state('ringing');
    await page.waitForTimeout(300);
    await look(page, '6-ringing', language);
    await page.keyboard.press('F2');
    await operator.state('talking');
    await page.waitForTimeout(1500);
    await page.keyboard.type('предложение смотрел, белый профиль не нравится');
    await page.keyboard.press('Alt+KeyM');
    await page.keyboard.type('согласен на 3 %, если монтаж до 5 декабря');
    await page.keyboard.press('Alt+1');
    await expect(page.locator('[data-saved]')).toBeVisible();
    await look(page, '7-talking', language);
    await page.keyboard.press('F8');
    await operator.state('muted');
    await look(page, '8-muted', language);
    await page.keyboard.press('F8');
    await page.keyboard.press('F4');
    await operator.state('held');
    await look(page, '9-held', language);
    await page.keyboard.press('F4');
    await operator.state('talking');
    await caller.hangUp();
    await operator.state('wrap_up');
    await look(page, '10-wrap-up', language);
    await page.keyboard.press('Control+Enter');
    await operator.available();
    await page.keyboard.press('Shift+F2');
    await page.getByRole('menuitem').first().click();
    await operator.state('paused');
    await look(page, '11-paused', language);
    await page.keyboard.press('Shift+F2');
    await operator.available();
  });
}
