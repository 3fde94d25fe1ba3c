import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';

type Noted = { notes: { title: string; body?: string; closed: boolean }[]; sinks: string[]; hidden: boolean };

/** Notes what the page tells the system, and lets it believe that another tab is in front. */
const ears = () => {
  const noted: Noted = { notes: [], sinks: [], hidden: false };
  Object.assign(window, { noted });
  Object.defineProperty(document, 'hidden', { get: () => noted.hidden });
  const Real = window.Notification;
  class Told extends Real {
    private note: Noted['notes'][number];
    constructor(title: string, options?: NotificationOptions) {
      super(title, options);
      this.note = { title, body: options?.body, closed: false };
      noted.notes.push(this.note);
    }
    override close() {
      this.note.closed = true;
      super.close();
    }
  }
  window.Notification = Told;
  const setSinkId = HTMLMediaElement.prototype.setSinkId;
  HTMLMediaElement.prototype.setSinkId = function (id) {
    noted.sinks.push(id);
    return setSinkId.call(this, id);
  };
};
const noted = (page: Page) => page.evaluate(() => (window as unknown as { noted: Noted }).noted);

test('a call rings on the chosen output and in a hidden tab by its title and a notification', async ({ operator, town }) => {
  const { page } = operator;
  await page.addInitScript(ears);
  await operator.logIn();
  await expect(page.getByText('Уведомления разрешены')).toBeVisible();
  await page.getByRole('combobox', { name: 'Где звонить' }).click();
  const output = page.getByRole('option', { name: /Fake Audio Output/ }).first();
  await output.click();
  await operator.start();
  await page.evaluate(() => {
    (window as unknown as { noted: Noted }).noted.hidden = true;
  });
  town('+79161112405');
  await operator.state('ringing');
  await expect(page).toHaveTitle('● Звонит +7 916 111-24-05');
  const ringing = await noted(page);
  expect(ringing.notes).toEqual([{ title: 'Звонит +7 916 111-24-05', body: '+7 916 111-24-05', closed: false }]);
  const chosen = await page.evaluate(() => localStorage.getItem('ringbook.ringOutput'));
  expect(chosen).toBeTruthy();
  expect(ringing.sinks).toContain(chosen);
  await page.waitForTimeout(700);
  await page.keyboard.press('F2');
  await operator.state('talking');
  expect((await noted(page)).notes[0]?.closed).toBe(true);
  await expect(page).toHaveTitle(/^Разговор · /);
});
