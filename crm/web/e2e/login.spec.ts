import { expect, test } from './fixtures';
import { address, login } from './instance';

for (const [language, words] of [
  ['ru', { title: 'Вход', wrong: 'Почта или пароль не подходят', start: 'Начать смену' }],
  ['en', { title: 'Log in', wrong: /do not|does not|wrong/i, start: 'Start the shift' }],
] as const) {
  test(`one logs in and sees the check before the shift, in ${language}`, async ({ operator }) => {
    const { page } = operator;
    await page.addInitScript((l) => localStorage.setItem('ringbook.language', l), language);
    await page.goto(`${address()}/clients`);
    await expect(page).toHaveURL(/login/);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.locator('input[type=email]').fill(login('operator').email);
    await page.locator('input[type=password]').fill('not-the-password');
    await page.locator('button[type=submit]').click();
    await expect(page.getByRole('alert')).toContainText(words.wrong);
    await page.locator('input[type=password]').fill(login('operator').password);
    await page.locator('button[type=submit]').click();
    await expect(page).toHaveURL(/clients/);
    await page.goto(address());
    await expect(page.getByRole('button', { name: words.start })).toBeVisible();
  });
}
