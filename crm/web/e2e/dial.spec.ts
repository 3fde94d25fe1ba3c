import { expect, test } from './fixtures';

async function dial(page: import('@playwright/test').Page, number: string) {
  await page.keyboard.press('F3');
  await page.keyboard.type(number);
  await page.keyboard.press('Enter');
}

test('a number that answers is talked to and ended by F10', async ({ operator }) => {
  const { page } = operator;
  await operator.onShift();
  await dial(page, '+79165550100');
  await operator.state('talking');
  await expect
    .poll(() => page.locator('[data-voice=them]').getAttribute('data-level').then(Number), { timeout: 15_000, intervals: [100] })
    .toBeGreaterThan(0.2);
  await page.keyboard.press('F10');
  await operator.state('wrap_up');
  await page.keyboard.press('Alt+1');
  await page.keyboard.press('Control+Enter');
  await operator.available();
});

test('a busy number is said to be busy', async ({ operator }) => {
  const { page } = operator;
  await operator.onShift();
  await dial(page, '+79165550101');
  await operator.state('not_reached', 20_000);
  await expect(operator.bar).toContainText('Занято');
});

test('a number that is not allowed is refused in words', async ({ operator }) => {
  const { page } = operator;
  await operator.onShift();
  await dial(page, '+22890001122');
  await expect(page.getByText('На такие номера звонить нельзя')).toBeVisible();
});
