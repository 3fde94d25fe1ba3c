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

test('a page that does not answer is offered no call; when it answers again calls come again', async ({ operator, town }) => {
  test.setTimeout(150_000);
  const { page } = operator;
  await operator.onShift();
  let rang = 0;
  page.on('websocket', () => {});
  const frozen = page.evaluate(() => {
    const until = performance.now() + 30_000;
    while (performance.now() < until);
    return performance.now();
  });
  await new Promise((r) => setTimeout(r, 6_500));
  const began = Date.now();
  const caller = town('+79161112306');
  const offers = page.waitForEvent('websocket', { timeout: 1 }).catch(() => null);
  await offers;
  await frozen;
  rang = Date.now() - began;
  await operator.state('ringing', 20_000);
  expect(rang).toBeGreaterThan(20_000);
  // Not one offer was made to the frozen page: the first ringing of the trail is the one of now.
  await expect(page.getByText(/Звонит: /)).toHaveCount(1);
  await caller.hangUp();
  await expect(operator.bar).not.toHaveAttribute('data-phone', 'ringing');
});
