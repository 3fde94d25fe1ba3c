import { DeskPhone } from './desk-phone';
import { expect, test } from './fixtures';
import { env } from './instance';

test('a desk phone is given, worked with for a shift, and taken away', async ({ operator, colleague, town }) => {
  await operator.logIn('administrator');
  const { page } = operator;
  await page.goto(`${operator.at}/settings/desks`);
  await expect(page.getByText('Телефонов на столах нет')).toBeVisible();
  await colleague.logIn('operator', 1);
  const name = (await colleague.page.getByRole('button', { name: /^Своё меню/ }).getAttribute('aria-label'))?.split(': ').at(-1) ?? '';
  await page.getByRole('combobox', { name: 'Кому' }).click();
  await page.getByRole('option', { name }).click();
  await page.getByRole('button', { name: 'Создать логин и пароль' }).click();
  const secret = page.getByRole('status').filter({ hasText: 'Пароль показан один раз' });
  const told = async (what: string) =>
    (await secret
      .getByRole('row', { name: new RegExp(`^${what} `) })
      .locator('code')
      .textContent()) ?? '';
  expect(await told('Порт')).toBe(env().RINGBOOK_PHONE_PORT);
  const line = page.getByRole('listitem').filter({ hasText: await told('Логин') });
  await expect(line.getByText('не на связи')).toBeVisible();
  const phone = new DeskPhone(`127.0.0.1:${await told('Порт')}`, await told('Логин'), await told('Пароль'));
  try {
    await expect(line.getByText('на связи', { exact: true })).toBeVisible({ timeout: 20_000 });
    await expect(line).toContainText('baresip');

    const desk = colleague.page;
    await desk.reload();
    await desk.getByText('Говорить по телефону на столе').click();
    await expect(desk.getByRole('region', { name: 'Проверка перед сменой' })).toContainText('на связи');
    await expect(desk.getByRole('button', { name: 'Услышать себя' })).toBeHidden();
    await desk.getByRole('button', { name: /Начать смену/ }).click();
    await expect(colleague.bar).toContainText('звонки идут на телефон на столе', { timeout: 15_000 });
    town('+79165550177');
    await colleague.state('ringing');
    await expect(colleague.bar).toContainText('снимите трубку');
    await expect(colleague.bar.getByRole('button', { name: /Ответить/ })).toBeHidden();
    await expect(async () => {
      await phone.does('accept'); // which is nothing before it rings: the card is open a moment earlier
      await colleague.state('talking', 1_000);
    }).toPass({ timeout: 15_000 });
    await expect(colleague.bar.getByRole('button', { name: /Микрофон/ })).toBeHidden();
    await colleague.bar.getByRole('button', { name: /Удержать/ }).click();
    await colleague.state('held');
    await colleague.bar.getByRole('button', { name: /Вернуться/ }).click();
    await colleague.state('talking');
    await desk.reload();
    await colleague.state('talking');
    await phone.does('hangup');
    await colleague.state('wrap_up');
    await desk.keyboard.press('Alt+1');
    await desk.keyboard.press('Control+Enter');
    await colleague.state('available');
    await line.getByRole('button', { name: 'Забрать' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Забрать' }).click();
    await expect(page.getByText('Телефонов на столах нет')).toBeVisible();
    await colleague.state('no_desk_phone', 20_000);
    await desk.getByRole('button', { name: 'Говорить через браузер' }).click();
    await colleague.available();
  } finally {
    phone.unplug();
  }
});
