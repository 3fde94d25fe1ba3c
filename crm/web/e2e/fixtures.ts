import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, chromium, expect, type Page } from '@playwright/test';
import { address, type Caller, login, townCalls } from './instance';
import { chromiumThere, machine } from './machine';

/** What Chromium says of itself and is no fault of ours. */
const harmless = [/Failed to load resource/, /net::ERR_/, /WebSocket connection to/];

/** Fails a test on any error of the console, of a page, or of the content security policy. */
export function watch(page: Page, faults: string[]) {
  page.on('console', (m) => {
    const text = m.text();
    if (m.type() === 'error' && (/Content Security Policy/.test(text) || !harmless.some((h) => h.test(text))))
      faults.push(`${text} @ ${m.location().url}:${m.location().lineNumber}`);
  });
  page.on('pageerror', (e) => faults.push(String(e)));
}

/** An operator at their desk. */
export class Operator {
  constructor(
    readonly page: Page,
    readonly at = address(),
  ) {}

  get bar() {
    return this.page.locator('[data-phone]');
  }

  async logIn(role = 'operator', nth = 0) {
    const { email, password } = login(role, nth);
    await this.page.goto(`${this.at}/login`);
    await this.page.locator('input[type=email]').fill(email);
    await this.page.locator('input[type=password]').fill(password);
    await this.page.locator('button[type=submit]').click();
    await this.page.waitForURL((u) => u.pathname === '/');
  }

  /** Logs in, begins the shift and waits until calls can come. */
  async onShift(role = 'operator', nth = 0) {
    await this.logIn(role, nth);
    await this.start();
  }

  async start() {
    await this.page.getByRole('button', { name: /Начать смену|Start the shift/ }).click();
    await this.available();
  }

  async available() {
    await expect(this.bar).toHaveAttribute('data-phone', 'available', { timeout: 20_000 });
    await expect(this.bar).toContainText(/звонки идут сюда|calls come here/);
  }

  async state(kind: string, timeout = 15_000) {
    await expect(this.bar).toHaveAttribute('data-phone', kind, { timeout });
  }

  /** Ends what is on, so that the next test finds the agent free. */
  async leave() {
    if (this.page.isClosed()) return;
    if (!(await this.bar.count().catch(() => 0))) return;
    const kind = await this.bar.getAttribute('data-phone', { timeout: 500 }).catch(() => null);
    if (kind && ['talking', 'held', 'muted', 'dialing', 'ringing'].includes(kind)) {
      await this.page.waitForTimeout(700);
      await this.page.keyboard.press('F10');
    }
    await this.page
      .getByRole('button', { name: /^(Своё меню|Own menu)/ })
      .click({ timeout: 3000 })
      .catch(() => {});
    await this.page
      .getByRole('menuitem', { name: /Закончить смену|End the shift/ })
      .click({ timeout: 3000 })
      .catch(() => {});
    await this.page.waitForTimeout(300);
  }
}

type Fixtures = {
  faults: string[];
  operator: Operator;
  town: (from: string) => Caller;
  another: () => Promise<Operator>;
  colleague: Operator;
  there: Operator;
};

/** Tests with an operator and a town; errors of any kind fail them. */
export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the pattern
  faults: async ({}, use) => {
    const faults: string[] = [];
    await use(faults);
    expect(faults, 'errors of the console').toEqual([]);
  },
  colleague: async ({ browser, faults }, use) => {
    const context = await browser.newContext({ locale: 'ru-RU', permissions: ['microphone', 'notifications'] });
    const page = await context.newPage();
    watch(page, faults);
    const colleague = new Operator(page);
    await use(colleague);
    await colleague.leave();
    await context.close();
  },
  // An operator in a Chromium of another machine.
  there: async ({ launchOptions, faults }, use) => {
    const dir = mkdtempSync(join(tmpdir(), 'ringbook-machine-'));
    const browser = await chromium.launch({
      ...launchOptions,
      executablePath: chromiumThere(machine(), dir, launchOptions.executablePath ?? 'chromium'),
    });
    const context = await browser.newContext({
      locale: 'ru-RU',
      ignoreHTTPSErrors: true, // the authority is offered on the login page; its chain is checked by the Go test of the same name
      permissions: ['microphone', 'notifications'],
      viewport: { width: 1440, height: 900 },
    });
    const page = await context.newPage();
    watch(page, faults);
    const operator = new Operator(page, `http://${machine().ours}:${new URL(address()).port}`);
    await use(operator);
    await operator.leave();
    await browser.close();
  },
  operator: async ({ page, faults }, use) => {
    watch(page, faults);
    const operator = new Operator(page);
    await use(operator);
    await operator.leave();
  },
  another: async ({ context, faults }, use) => {
    await use(async () => {
      const page = await context.newPage();
      watch(page, faults);
      return new Operator(page);
    });
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the pattern
  town: async ({}, use) => {
    const callers: Caller[] = [];
    await use((from) => {
      const caller = townCalls(from);
      callers.push(caller);
      return caller;
    });
    for (const c of callers) await c.hangUp();
  },
});

export { expect };
