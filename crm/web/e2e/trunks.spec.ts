import { expect, test } from './fixtures';
import { env } from './instance';

/** The SIP port of the town: one above ours, which the trunk of Asterisk's own configuration names. */
const town = () => env().RINGBOOK_TRUNK?.split(':').at(-1) ?? '';

test('a trunk is set up, registers, is tried by a call, corrected and removed', async ({ operator }) => {
  const { page } = operator;
  await operator.logIn('administrator');
  await page.goto(`${operator.at}/settings/trunks`);
  await expect(page.getByText('Своих линий пока нет')).toBeVisible();
  await page.getByRole('button', { name: 'Новая линия' }).click();
  const form = page.getByRole('dialog', { name: 'Новая линия' });
  await form.getByLabel('Название').fill('МТТ');
  await form.getByLabel('Сервер оператора').fill('не сервер');
  await form.getByLabel('Логин', { exact: true }).fill('asking');
  await form.getByLabel('Пароль', { exact: true }).fill('wrong');
  await form.getByRole('button', { name: 'Сохранить' }).click();
  await expect(form.getByText('Это не имя и не адрес сервера')).toBeVisible();
  await form.getByLabel('Сервер оператора').fill(`127.0.0.2:${town()}`);
  await form.getByRole('button', { name: 'Сохранить' }).click();
  const line = page.getByRole('row', { name: /МТТ/ });
  await expect(line.getByText('Логин или пароль не подошли')).toBeVisible({ timeout: 25_000 });
  await line.getByRole('button', { name: 'МТТ' }).click();
  const edit = page.getByRole('dialog', { name: 'Линия' });
  await edit.getByLabel('Пароль', { exact: true }).fill('town');
  await edit.getByRole('button', { name: 'Сохранить' }).click();
  await expect(line.getByText('зарегистрирована')).toBeVisible({ timeout: 25_000 });
  await line.getByRole('button', { name: 'МТТ' }).click();
  await edit.getByLabel('Ваш телефон').fill('8 (916) 555-01-00');
  await edit.getByRole('button', { name: 'Позвонить' }).click();
  await expect(edit.getByText('Ответили, слышно')).toBeVisible({ timeout: 25_000 });
  await edit.getByLabel('Ваш телефон').fill('+79165550101');
  await edit.getByRole('button', { name: 'Позвонить' }).click();
  await expect(edit.getByText('Занято')).toBeVisible({ timeout: 25_000 });
  await edit.getByRole('button', { name: 'Удалить линию' }).click();
  await expect(page.getByText('Своих линий пока нет')).toBeVisible();
});

test('the switch on the floor stops calls out, and lets them go again', async ({ operator }) => {
  const { page } = operator;
  await operator.onShift('administrator');
  await page.goto(`${operator.at}/floor`);
  const panel = page.getByRole('region', { name: 'Исходящие звонки' });
  await expect(panel.getByText(/Сегодня потрачено/)).toBeVisible();
  await panel.getByRole('button', { name: 'Остановить исходящие' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Остановить исходящие' }).click();
  await expect(panel.getByRole('alert')).toContainText('Остановлены');
  const dial = async () => {
    await page.keyboard.press('F3');
    await page.keyboard.type('+79165550101');
    await page.keyboard.press('Enter');
  };
  await dial();
  await expect(page.getByText('Исходящие остановлены. Спросите руководителя')).toBeVisible();
  await panel.getByRole('button', { name: 'Разрешить исходящие' }).click();
  await expect(panel.getByRole('button', { name: 'Остановить исходящие' })).toBeVisible();
  await dial();
  await operator.state('not_reached', 20_000);
});
