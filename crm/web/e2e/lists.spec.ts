import type { APIRequestContext, BrowserContext } from '@playwright/test';
import { expect, test } from './fixtures';
import { address, login } from './instance';

/** Logs in without the form, and gives the API as this person. */
async function as(context: BrowserContext, role: string) {
  const { email, password } = login(role);
  const made = await context.request.post(`${address()}/api/v1/login`, { data: { email, password }, headers: { origin: address() } });
  const { csrf } = await made.json();
  return { get: (path: string) => get(context.request, path), csrf: String(csrf) };
}

async function get(request: APIRequestContext, path: string) {
  return (await request.get(`${address()}/api/v1${path}`)).json();
}

test('the conditions of the list of calls stand in the address, J and Enter open a call', async ({ operator, context }) => {
  const { page } = operator;
  const { get } = await as(context, 'administrator');
  await page.goto(`${address()}/calls`);
  await page.getByRole('button', { name: /^Звонки: / }).click();
  await page.getByRole('option', { name: 'пропущенные' }).click();
  await expect(page).toHaveURL(/missed=true/);
  const { count } = await get('/calls/count?missed=true');
  await expect(page.locator('main h1 + span')).toHaveText(new RegExp(`^${count} `));
  await page.reload();
  await expect(page.getByRole('button', { name: 'Звонки: пропущенные' })).toBeVisible();
  await page.locator('tr[data-row]').first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/calls\/[0-9a-f-]{36}/);
  await expect(page.getByRole('table', { name: 'Ход звонка' })).toBeAttached();
});

test('a number of the report opens exactly its calls', async ({ operator, context }) => {
  const { page } = operator;
  await as(context, 'administrator');
  for (const by of ['source', 'agent']) {
    await page.goto(`${address()}/reports/calls?group_by=${by}`);
    const cell = page.locator('tbody td a').first();
    const shown = (await cell.textContent()) ?? '';
    await cell.click();
    await expect(page).toHaveURL(/\/calls\?/);
    await expect(page.locator('main h1 + span')).toHaveText(new RegExp(`^${shown.trim()} `));
  }
});

test('a missed call closed by hand is opened again by Ctrl+Z', async ({ operator, context }) => {
  const { page } = operator;
  await as(context, 'supervisor');
  await page.goto(`${address()}/missed`);
  const close = page.getByRole('button', { name: /^Закрыть без звонка: / });
  await expect(close.first()).toBeVisible();
  const owed = await close.count();
  const name = (await close.first().getAttribute('aria-label')) ?? '';
  await close.first().click();
  await page.getByRole('menuitem', { name: 'спам' }).click();
  await expect(close).toHaveCount(owed - 1);
  await expect(page.getByRole('button', { name, exact: true })).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expect(page.getByRole('button', { name, exact: true })).toHaveCount(1);
});

test('a new client with a number that is known says whose it is', async ({ operator, context }) => {
  const { page } = operator;
  const { get } = await as(context, 'operator');
  const known = (await get('/clients?limit=1&sort=last_call')).items[0];
  await page.goto(`${address()}/clients`);
  await page.locator('tr[data-row]').first().waitFor();
  await page.keyboard.press('n');
  const drawer = page.getByRole('dialog');
  await drawer.getByLabel('Телефон').fill(known.phones[0].e164);
  await expect(drawer.getByRole('status')).toContainText('Этот номер уже на карточк');
});

test('a deleted note is brought back by Ctrl+Z', async ({ operator, context }) => {
  const { page } = operator;
  const { get } = await as(context, 'operator');
  const client = (await get('/clients?limit=1&sort=name')).items[0];
  await page.goto(`${address()}/clients/${client.id}`);
  const words = `заметка ${Date.now()}`;
  await page.getByRole('textbox', { name: 'Заметка' }).fill(words);
  await page.keyboard.press('Control+Enter');
  // The timeline keeps what a deleted note said, without its buttons.
  const note = page.getByRole('listitem').filter({ hasText: words, has: page.getByRole('button', { name: 'Удалить' }) });
  await expect(note).toBeVisible();
  await note.getByRole('button', { name: 'Удалить' }).click();
  await expect(note).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expect(note).toBeVisible();
});

test('a setting out of its range is told beside the field, and nothing is saved', async ({ operator, context }) => {
  const { page } = operator;
  const { get } = await as(context, 'administrator');
  await page.goto(`${address()}/settings/company`);
  const country = page.getByLabel('Страна');
  await country.fill('XX');
  await page.getByRole('button', { name: 'Сохранить' }).first().click();
  await expect(page.getByText('Такой страны нет')).toBeVisible();
  await expect(country).toHaveAttribute('aria-invalid', 'true');
  expect((await get('/company')).country).not.toBe('XX');
});

test('playing five seconds, a jump and five more stand in the listening log as exactly these', async ({ operator, context }) => {
  const { page } = operator;
  const { get } = await as(context, 'administrator');
  const calls = (await get('/calls?recorded=true&limit=100')).items as {
    id: string;
    recording: { id: string; duration: number; state: string };
  }[];
  const call = calls.find((c) => c.recording.state === 'verified' && c.recording.duration > 70);
  if (!call) throw new Error('the demo has no long recording');
  const before = (await get(`/recordings/${call.recording.id}/listening`)).items.length;
  await page.goto(`${address()}/calls/${call.id}`);
  const place = page.getByRole('slider', { name: 'Место в записи' });
  await place.waitFor();
  const at = () => place.inputValue().then(Number);
  await page.keyboard.press('Space');
  await expect.poll(at, { intervals: [50], timeout: 20_000 }).toBeGreaterThanOrEqual(5);
  await place.fill('60');
  await expect.poll(at, { intervals: [50], timeout: 20_000 }).toBeGreaterThanOrEqual(65);
  await page.getByRole('button', { name: /^Пауза/ }).click();
  type Heard = { from: number; to: number };
  const log = async () => ((await get(`/recordings/${call.recording.id}/listening`)).items as Heard[]).slice(0, -before || undefined);
  await expect.poll(async () => (await log()).length).toBe(2);
  const heard = (await log()).sort((a, b) => a.from - b.from);
  for (const [i, [from, to]] of [
    [0, 5],
    [60, 65],
  ].entries()) {
    expect(Math.abs((heard[i]?.from ?? -1) - (from ?? 0))).toBeLessThan(0.3);
    expect(Math.abs((heard[i]?.to ?? -1) - (to ?? 0))).toBeLessThan(1);
  }
});
