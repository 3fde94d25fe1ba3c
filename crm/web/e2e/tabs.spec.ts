import { expect, test } from './fixtures';

test('a second tab says that the phone is elsewhere, and takes it when asked', async ({ operator, another, town }) => {
  await operator.onShift();
  const second = await another();
  await second.page.goto(operator.page.url());
  await second.state('elsewhere');
  await operator.state('available');

  await second.page.getByRole('button', { name: /Перенести сюда|Move (them )?here/ }).click();
  await second.available();
  await operator.state('elsewhere');

  // A call rings where the phone is now, and only there.
  town('+79161112244');
  await second.state('ringing');
  await operator.state('elsewhere');
  await expect(operator.page.locator('[data-phone]').getByRole('button', { name: /Ответить|Answer/ })).toHaveCount(0);
  await second.leave();
});

test('a talk moves with its phone to the other tab', async ({ operator, another, town }) => {
  await operator.onShift();
  town('+79161112255');
  await operator.state('ringing');
  await operator.bar.getByRole('button', { name: /Ответить|Answer/ }).click();
  await operator.state('talking');
  const second = await another();
  await second.page.goto(operator.page.url());
  await second.state('elsewhere');
  await second.page.getByRole('button', { name: /Перенести сюда|Move (them )?here/ }).click();
  await second.state('talking', 20_000);
  await expect
    .poll(() => second.page.locator('[data-voice=them]').getAttribute('data-level').then(Number), { timeout: 15_000, intervals: [100] })
    .toBeGreaterThan(0.2);
  await second.leave();
});
