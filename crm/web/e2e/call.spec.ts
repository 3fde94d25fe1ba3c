import { expect, test } from './fixtures';

test('the first real call: pop before ringing, answered by F2, both heard, notes kept, wrapped up, in the list', async ({
  operator,
  town,
}) => {
  const { page } = operator;
  const order: string[] = [];
  page.on('websocket', (ws) =>
    ws.on('framereceived', (f) => {
      const type = /"type":"(\w+)"/.exec(String(f.payload))?.[1];
      if (type === 'pop' || type === 'ringing') order.push(type);
    }),
  );
  await operator.onShift();
  const caller = town('+79161112233');
  await operator.state('ringing');
  expect(order.slice(0, 2)).toEqual(['pop', 'ringing']);
  await expect(page.getByText('+7 916 111-22-33').first()).toBeVisible();
  await page.waitForTimeout(700);
  await page.keyboard.press('F2');
  await operator.state('talking');
  for (const voice of ['them', 'us'])
    await expect
      .poll(() => page.locator(`[data-voice=${voice}]`).getAttribute('data-level').then(Number), { timeout: 15_000, intervals: [100] })
      .toBeGreaterThan(0.2);
  const notes = page.locator('textarea[data-draft^="call:"]');
  await expect(notes).toBeFocused();
  await page.keyboard.type('хочет окна на кухню');
  await expect(page.locator('[data-saved]')).toBeVisible();
  await caller.hangUp();
  await operator.state('wrap_up', 20_000);
  await page.keyboard.press('Alt+1');
  await page.keyboard.press('Control+Enter');
  await operator.available();
  await page.goto(`${new URL(page.url()).origin}/calls`);
  await expect(page.getByText('+7 916 111-22-33').first()).toBeVisible();
});
