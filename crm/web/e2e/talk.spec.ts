import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { serverPid } from './instance';

const voice = (page: Page, who: 'them' | 'us') =>
  expect.poll(() => page.locator(`[data-voice=${who}]`).getAttribute('data-level', { timeout: 5000 }).then(Number), {
    timeout: 15_000,
    intervals: [100],
  });

test('a reload in mid-call is no hang-up: the call goes on and both are heard again', async ({ operator, town }) => {
  const { page } = operator;
  await operator.onShift();
  town('+79161112301');
  await operator.state('ringing');
  await page.waitForTimeout(700);
  await page.keyboard.press('F2');
  await operator.state('talking');
  await expect(page.locator('textarea[data-draft^="call:"]')).toBeFocused();
  await page.keyboard.type('до обновления');
  await page.reload();
  await operator.state('talking', 20_000);
  const notes = page.locator('textarea[data-draft^="call:"]');
  await expect(notes).toHaveValue('до обновления');
  await expect(notes).toBeFocused();
  await page.keyboard.type(', и после');
  await expect(notes).toHaveValue('до обновления, и после');
  await voice(page, 'them').toBeGreaterThan(0.2);
  await voice(page, 'us').toBeGreaterThan(0.2);
});

test('a draft is safe when a call pops: text, caret and focus stand, and Alt+← leads back to them', async ({ operator, town }) => {
  const { page } = operator;
  await operator.onShift();
  await page.keyboard.press('Control+k');
  await expect(page.locator('input[data-autofocus]')).toBeFocused();
  await page.keyboard.type('Карпов');
  await page.getByRole('option').first().click();
  const key = await page.locator('textarea[data-draft^="client:"]').first().getAttribute('data-draft');
  const note = page.locator(`textarea[data-draft="${key}"]`);
  await note.fill('первая половина, вторая половина');
  await note.evaluate((e: HTMLTextAreaElement) => e.setSelectionRange(7, 7));
  town('+79161112302');
  await operator.state('ringing');
  await expect(note).toBeFocused();
  await page.keyboard.type('X');
  await expect(note).toHaveValue('первая Xполовина, вторая половина');
  await page.waitForTimeout(700);
  await page.keyboard.press('F2');
  await operator.state('talking');
  await expect(note).toBeHidden();
  await expect(page.locator('textarea[data-draft^="call:"]')).toBeFocused();
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(note).toBeFocused();
  expect(await note.evaluate((e: HTMLTextAreaElement) => e.selectionStart)).toBe(8);
  await page.reload();
  await operator.state('talking', 20_000);
  await expect(note).toHaveValue('первая Xполовина, вторая половина');
  await expect(note).toBeFocused();
  expect(await note.evaluate((e: HTMLTextAreaElement) => e.selectionStart)).toBe(8);
});

test('a declined call goes on to somebody else and the operator is free', async ({ operator, colleague, town }) => {
  const { page } = operator;
  await operator.onShift();
  await colleague.onShift('operator', 1);
  town('+79161112303');
  await operator.state('ringing');
  await page.keyboard.press('F10'); // too early: it was meant for something else
  await operator.state('ringing');
  await page.waitForTimeout(700);
  await page.keyboard.press('F10');
  await operator.available();
  await colleague.state('ringing');
});

test('the server is killed in mid-call: what is typed is kept and sent, the talk comes back', async ({ operator, town }) => {
  const { page } = operator;
  await operator.onShift();
  town('+79161112304');
  await operator.state('ringing');
  await page.waitForTimeout(700);
  await page.keyboard.press('F2');
  await operator.state('talking');
  const notes = page.locator('textarea[data-draft^="call:"]');
  await expect(notes).toBeFocused();
  await page.keyboard.type('до ');
  await expect(page.locator('[data-saved]')).toBeVisible();
  process.kill(serverPid(), 'SIGKILL');
  await page.keyboard.type('во время ');
  await operator.state('talking', 20_000);
  await expect(notes).toBeFocused();
  await page.keyboard.type('после');
  await expect(notes).toHaveValue('до во время после');
  await expect(page.locator('[data-saved]')).toBeVisible({ timeout: 15_000 });
  await voice(page, 'them').toBeGreaterThan(0.2);
});
