import { expect, test } from './fixtures';
import { address } from './instance';

test('a second tab says that the phone is elsewhere, and moves it', async ({ operator, another, town }) => {
  await operator.onShift();
  const second = await another();
  await second.page.goto(address());
  await second.state('elsewhere');
  await expect(second.bar).toContainText('Звонки открыты в другой вкладке');
  await second.page.getByRole('button', { name: 'Перенести сюда' }).click();
  await second.available();
  await operator.state('elsewhere');
  town('+79161112305');
  await second.state('ringing');
  await second.page.waitForTimeout(700);
  await second.page.keyboard.press('F2');
  await second.state('talking');
  await second.leave();
});
