import { expect, type Operator, test } from './fixtures';
import { address } from './instance';

/** Changes something by the API, as the person of the page. */
async function post(operator: Operator, path: string, data: object): Promise<{ id: string }> {
  const { csrf } = await (await operator.page.request.get(`${address()}/api/v1/session`)).json();
  const answer = await operator.page.request.post(`${address()}/api/v1${path}`, { data, headers: { 'X-CSRF-Token': csrf } });
  expect(answer.ok(), `POST ${path}: ${await answer.text()}`).toBe(true);
  return answer.json();
}

/** A number that nobody had before: demo data and earlier runs have others. */
const fresh = () => `+7916${String(Date.now()).slice(-7)}`;

test('an unknown number opens an empty card with a place for the name, and a name makes it a client', async ({ operator, town }) => {
  const { page } = operator;
  await operator.onShift();
  const phone = fresh();
  town(phone);
  await operator.state('ringing');
  await expect(page.locator('[data-why=unknown]')).toBeVisible();
  const name = page.locator('input[data-draft$=":name"]');
  await expect(name).toBeVisible();
  await operator.bar.getByRole('button', { name: /Ответить|Answer/ }).click();
  await operator.state('talking');
  await name.fill('Вера Полякова');
  await name.press('Enter');
  await expect(page.getByRole('heading', { name: 'Вера Полякова' })).toBeVisible();
  const found = await (await page.request.get(`${address()}/api/v1/clients?phone=${encodeURIComponent(phone)}`)).json();
  expect(found.items[0]).toMatchObject({ name: 'Вера Полякова', unnamed: false });
  await expect(operator.bar).toContainText('Вера Полякова');
});

test('a withheld number says so and makes no card; one can be chosen', async ({ operator, town }) => {
  const { page } = operator;
  await operator.onShift();
  const client = await post(operator, '/clients', { kind: 'person', name: 'Прохор Скрытный', phones: [{ typed: fresh() }] });
  town('<anonymous>');
  await operator.state('ringing');
  await expect(page.locator('[data-why=withheld]')).toBeVisible();
  await expect(operator.bar).toContainText(/Номер скрыт|withheld|hidden/i);
  await operator.bar.getByRole('button', { name: /Ответить|Answer/ }).click();
  await operator.state('talking');
  await page.getByLabel(/Имя, номер или почта|Name, number or e-mail/).fill('Прохор Скр');
  await page.getByRole('button', { name: /Это они|It is them/ }).click();
  await expect(page.getByRole('heading', { name: 'Прохор Скрытный' })).toBeVisible();
  await expect
    .poll(async () => (await (await page.request.get(`${address()}/api/v1/calls?client=${client.id}`)).json()).items.length)
    .toBe(1);
});

test('two cards with one number are both offered, and one key says which', async ({ operator, town }) => {
  const { page } = operator;
  await operator.onShift();
  const phone = fresh();
  await post(operator, '/clients', { kind: 'person', name: 'Марина Двойная', phones: [{ typed: phone }] });
  await post(operator, '/clients', { kind: 'company', company: 'ТСЖ Двойное', phones: [{ typed: phone }] });
  town(phone);
  await operator.state('ringing');
  await expect(page.locator('[data-why=several]')).toBeVisible();
  const offered = page.getByRole('button', { name: /Это они|It is them/ });
  await expect(offered).toHaveCount(2);
  const second = await offered.nth(1).locator('xpath=..').locator('strong').innerText();
  await page.keyboard.press('Alt+2');
  await expect(page.getByRole('heading', { name: second })).toBeVisible();
  await operator.state('ringing');
});
