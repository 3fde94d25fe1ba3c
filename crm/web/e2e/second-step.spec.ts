import { codeOf } from './codes';
import { expect, test } from './fixtures';
import { address, login } from './instance';

// The last operator of the company, who is nobody else's in these tests.
const { email, password } = login('operator', 3);

test('one turns the login by code on, logs out and logs in by code', async ({ operator }) => {
  const { page } = operator;
  const enter = async (secret: string) => {
    await page.locator('input[type=email]').fill(email);
    await page.locator('input[type=password]').fill(secret);
    await page.locator('button[type=submit]').click();
  };
  const give = async (code: string) => {
    await page.getByRole('textbox', { name: 'Код' }).fill(code);
    await page.locator('button[type=submit]').click();
  };
  const leave = async () => {
    await page.getByRole('button', { name: /^Своё меню/ }).click();
    await page.getByRole('menuitem', { name: 'Выйти' }).click();
    await expect(page.locator('input[type=email]')).toBeVisible();
  };
  await page.goto(`${address()}/settings/mine`);
  await enter(password);
  const panel = page.getByRole('region', { name: 'Вход по коду' });
  await panel.getByRole('button', { name: 'Включить' }).click();
  await panel.getByLabel('Нынешний').fill(password);
  await panel.getByRole('button', { name: 'Дальше' }).click();
  await expect(panel.getByRole('img', { name: 'Картинка для приложения' })).toBeVisible();
  const picture = await panel.getByRole('img').evaluate((i) => (i as HTMLImageElement).naturalWidth);
  expect(picture, 'the picture is drawn here').toBeGreaterThan(100);
  const secret = (await panel.locator('code').textContent()) ?? '';
  await panel.getByLabel('Код, который').fill('000000');
  await panel.getByRole('button', { name: 'Включить' }).click();
  await expect(panel.getByText('Код не подходит')).toBeVisible();
  const proof = codeOf(secret);
  await panel.getByLabel('Код, который').fill(proof);
  await panel.getByRole('button', { name: 'Включить' }).click();
  await expect(panel.getByRole('listitem')).toHaveCount(10);
  const recovery = (await panel.getByRole('listitem').first().textContent()) ?? '';
  await panel.getByRole('button', { name: 'Коды сохранены' }).click();
  await expect(panel.getByText('Осталось 10 запасных кодов')).toBeVisible();

  await leave();
  await enter(password);
  await give(proof);
  await expect(page.getByText('Код не подходит или уже был')).toBeVisible();
  await give(codeOf(secret, 1));
  await expect(page).toHaveURL(`${address()}/`);

  await leave();
  await enter(password);
  await give(recovery);
  await expect(page).toHaveURL(`${address()}/`);
  await page.goto(`${address()}/settings/mine`);
  await expect(panel.getByText('Осталось 9 запасных кодов')).toBeVisible();
  await panel.getByRole('button', { name: 'Выключить' }).click();
  await panel.getByLabel('Нынешний').fill(password);
  await panel.getByRole('button', { name: 'Выключить' }).click();
  await expect(panel.getByText('выключен')).toBeVisible();
});

test('a common password is refused in words, and another login can be ended', async ({ operator, colleague }) => {
  const { page } = operator;
  const enter = async (o: typeof operator) => {
    await o.page.goto(`${address()}/settings/mine`);
    await o.page.locator('input[type=email]').fill(email);
    await o.page.locator('input[type=password]').fill(password);
    await o.page.locator('button[type=submit]').click();
  };
  await enter(operator);
  const panel = page.getByRole('region', { name: 'Пароль' });
  await panel.getByLabel('Нынешний').fill(password);
  await panel.getByLabel('Новый', { exact: true }).fill('пароль12345');
  await panel.getByLabel('Новый ещё раз').fill('пароль12345');
  await panel.getByRole('button', { name: 'Сменить пароль' }).click();
  await expect(panel.getByText('Такой пароль быстро угадают')).toBeVisible();

  await enter(colleague);
  await expect(colleague.page.getByRole('heading', { name: 'Пароль' })).toBeVisible();
  await page.reload();
  await page.getByRole('button', { name: 'Закончить все другие' }).click();
  await expect(colleague.page.locator('input[type=email]')).toBeVisible({ timeout: 10_000 });
});

test('whoever must have a login by code sets it up before anything else opens', async ({ operator, context }) => {
  const { page } = operator;
  const required = async (roles: string[]) => {
    const post = { headers: { origin: address() } };
    const state = await (await context.request.post(`${address()}/api/v1/login`, { data: login('administrator'), ...post })).json();
    const headers = { 'X-CSRF-Token': state.csrf };
    expect((await context.request.patch(`${address()}/api/v1/company`, { data: { second_step_roles: roles }, headers })).ok()).toBe(true);
    const users = await (await context.request.get(`${address()}/api/v1/users`)).json();
    const head = users.items.find((u: { role: string }) => u.role === 'head');
    await context.request.delete(`${address()}/api/v1/users/${head.id}/second-step`, { headers });
    await context.clearCookies();
  };
  await required(['head']);
  try {
    const head = login('head');
    await page.goto(`${address()}/clients`);
    await page.locator('input[type=email]').fill(head.email);
    await page.locator('input[type=password]').fill(head.password);
    await page.locator('button[type=submit]').click();
    await expect(page).toHaveURL(/second-step/);
    await page.goto(`${address()}/calls`);
    await expect(page).toHaveURL(/second-step/);
    await page.getByLabel('Нынешний').fill(head.password);
    await page.getByRole('button', { name: 'Дальше' }).click();
    await page.getByLabel('Код, который').fill(codeOf((await page.locator('code').textContent()) ?? ''));
    await page.getByRole('button', { name: 'Включить' }).click();
    await page.getByRole('button', { name: 'Коды сохранены' }).click();
    await expect(page.getByRole('button', { name: 'Начать смену' })).toBeVisible();
  } finally {
    await context.clearCookies();
    await required([]);
  }
});
