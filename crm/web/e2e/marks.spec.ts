import { expect, test } from './fixtures';

test('a time mark stands where one writes, and no letter is lost behind it', async ({ operator, town }) => {
  const { page } = operator;
  await operator.onShift();
  town('+79161112501');
  await operator.state('ringing');
  await operator.bar.getByRole('button', { name: /Ответить|Answer/ }).click();
  await operator.state('talking');
  const notes = page.locator('textarea[data-draft^="call:"]');
  await expect(notes).toBeFocused();
  await page.keyboard.type('сначала');
  await page.keyboard.press('Alt+KeyM');
  await page.keyboard.type('потом');
  await expect(notes).toHaveValue(/^сначала\n\[\d\d:\d\d\] потом$/);
  await expect(page.locator('[data-saved]')).toBeVisible();
});
