import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './fixtures';
import { address, login } from './instance';

const shots = process.env.RINGBOOK_SHOTS;
const desk = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

/** Each language, scheme and size stands in two of them; for pictures all eight are taken. */
const looks = [
  ['ru', 'light', desk],
  ['en', 'dark', desk],
  ['ru', 'dark', phone],
  ['en', 'light', phone],
  ...(shots
    ? [['en', 'light', desk] as const, ['ru', 'dark', desk] as const, ['en', 'dark', phone] as const, ['ru', 'light', phone] as const]
    : []),
] as const;

/** Every page, with an address of something that is there. */
async function pages(ask: (path: string) => Promise<{ items: { id: string; client: { id: string } | null }[] }>) {
  const recorded = (await ask('/calls?recorded=true&limit=1')).items[0];
  const last = (await ask('/calls?limit=1')).items[0];
  const client = (await ask('/clients?limit=1&sort=last_call')).items[0];
  const settings = ['mine', 'people', 'company', 'numbers', 'telephony', 'greetings', 'prefixes', 'outcomes', 'pauses', 'tokens'];
  return [
    '/calls',
    `/calls/${(recorded ?? last)?.id}`,
    '/clients',
    `/clients/${client?.id}`,
    '/missed',
    '/floor',
    '/reports/calls',
    '/reports/calls?group_by=source',
    '/audit',
    ...settings.map((s) => `/settings/${s}`),
  ];
}

for (const [language, scheme, size] of looks)
  test(`axe finds nothing on any page, and no page breaks: ${language}, ${scheme}, ${size.width}`, async ({ operator, context }) => {
    test.setTimeout(240_000);
    const { page } = operator;
    await page.addInitScript((l) => localStorage.setItem('ringbook.language', l), language);
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.setViewportSize(size);
    const { email, password } = login('administrator');
    await context.request.post(`${address()}/api/v1/login`, { data: { email, password }, headers: { origin: address() } });
    const all = await pages(async (path) => (await context.request.get(`${address()}/api/v1${path}`)).json());
    for (const path of all) {
      await page.goto(address() + path);
      await expect(page.locator('main h1').first()).toBeVisible();
      await page.waitForLoadState('networkidle', { timeout: 2000 }).catch(() => {});
      // Preloading would have axe write styles of its own, against the policy that the test holds.
      const found = await new AxeBuilder({ page }).options({ preload: false }).analyze();
      const words = found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join('\n')}`);
      expect.soft(words, path).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect.soft(wide, `${path} is wider than the window`).toBeLessThanOrEqual(0);
      if (!shots) continue;
      mkdirSync(shots, { recursive: true });
      const name = path
        .slice(1)
        .replace(/[/?=]/g, '-')
        .replace(/-[0-9a-f-]{36}/, '-one');
      await page.screenshot({ path: join(shots, `${name}-${language}-${scheme}-${size.width}.png`) });
    }
  });
