import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Browser, chromium } from '@playwright/test';
import { expect, Operator, test, watch } from './fixtures';
import { address, env, ourNumber } from './instance';
import { channels, power, toneFile } from './sound';

const clientTone = 440;
const agentTone = 1000;
const dir = mkdtempSync(join(tmpdir(), 'ringbook-tones-'));
let browser: Browser;

/** A browser whose microphone hears a tone. */
test.beforeAll(async ({ launchOptions }) => {
  toneFile(join(dir, 'agent.wav'), agentTone, 4, 48_000);
  toneFile(join(dir, 'client.wav'), clientTone, 10, 8_000);
  const args = [...(launchOptions.args ?? []), `--use-file-for-fake-audio-capture=${join(dir, 'agent.wav')}`];
  browser = await chromium.launch({ ...launchOptions, args });
});

test.afterAll(async () => browser.close());

async function operatorWithTone(faults: string[]): Promise<Operator> {
  const context = await browser.newContext({
    locale: 'ru-RU',
    permissions: ['microphone', 'notifications'],
    viewport: { width: 1440, height: 900 },
  });
  const page = await context.newPage();
  watch(page, faults);
  const operator = new Operator(page);
  await operator.onShift('operator', 1);
  return operator;
}

/** What the API says of the newest call of a number once its recording is verified, and the sound itself. */
async function recorded(operator: Operator, phone: string): Promise<{ client: number[]; agent: number[]; lasted: number }> {
  const api = operator.page.context().request;
  let found: { recording?: { id: string; state: string }; answered_at: string; ended_at: string } | undefined;
  await expect
    .poll(
      async () => {
        const list = await (await api.get(`${address()}/api/v1/calls?phone=${encodeURIComponent(phone)}&limit=1`)).json();
        found = list.items[0];
        return found?.recording?.state;
      },
      { timeout: 30_000 },
    )
    .toBe('verified');
  const wav = await (await api.get(`${address()}/api/v1/recordings/${found?.recording?.id}/audio`)).body();
  return { ...channels(wav), lasted: (Date.parse(found?.ended_at ?? '') - Date.parse(found?.answered_at ?? '')) / 1000 };
}

function apart(sound: { client: number[]; agent: number[] }) {
  const middle = (s: number[]) => s.slice(8000, s.length - 8000);
  const client = power(middle(sound.client), clientTone) - power(middle(sound.client), agentTone);
  const agent = power(middle(sound.agent), agentTone) - power(middle(sound.agent), clientTone);
  console.log(`the client's channel: ${client.toFixed(1)} dB apart, the agent's: ${agent.toFixed(1)} dB`);
  expect(client).toBeGreaterThan(20);
  expect(agent).toBeGreaterThan(20);
}

function call(from: string) {
  execFileSync(
    resolve(import.meta.dirname, '../../../bin/ringbook'),
    ['demo', 'call', '--from', from, '--to', ourNumber(), '--say', join(dir, 'client.wav')],
    {
      env: { ...process.env, ...env() },
    },
  );
}

test('what both say stands in its own channel, nothing before the answer; after a reload the talk goes on', async ({ faults }) => {
  const operator = await operatorWithTone(faults);
  const { page } = operator;
  call('+79167770001');
  await operator.state('ringing');
  await page.waitForTimeout(3000); // sound before the answer, which must not be in the file
  await page.keyboard.press('F2');
  await operator.state('talking');
  await page.waitForTimeout(3000);
  await page.reload();
  await operator.state('talking', 20_000);
  await page.waitForTimeout(4000);
  await page.keyboard.press('F10');
  await operator.state('wrap_up');
  const sound = await recorded(operator, '+79167770001');
  apart(sound);
  expect(Math.abs(sound.client.length / 8000 - sound.lasted)).toBeLessThan(0.05);
  apart({ client: sound.client.slice(-4 * 8000), agent: sound.agent.slice(-4 * 8000) }); // after the reload
  await operator.leave();
  await page.context().close();
});

test('a click calls the client; both are heard and kept', async ({ faults }) => {
  const operator = await operatorWithTone(faults);
  const { page } = operator;
  await page.keyboard.press('F3');
  await page.keyboard.type('8 916 777-00-00');
  await page.keyboard.press('Enter');
  await operator.state('talking', 20_000);
  await page.waitForTimeout(5000);
  await page.keyboard.press('F10');
  await operator.state('wrap_up');
  const sound = await recorded(operator, '+79167770000');
  expect(power(sound.agent.slice(8000, -8000), agentTone) - power(sound.client.slice(8000, -8000), agentTone)).toBeGreaterThan(20);
  const heard = Math.sqrt(sound.client.reduce((a, v) => a + v * v, 0) / sound.client.length);
  expect(heard).toBeGreaterThan(100);
  await operator.leave();
  await page.context().close();
});

test('a supervisor hears the recording and finds the call in the report', async ({ page, faults }) => {
  watch(page, faults);
  const supervisor = new Operator(page);
  await supervisor.logIn('supervisor', 0);
  const { items } = await (await page.request.get(`${address()}/api/v1/calls?recorded=true&limit=1`)).json();
  await page.goto(`${address()}/calls/${items[0].id}`);
  await page.getByRole('button', { name: /Слушать|Listen/ }).click();
  await expect
    .poll(
      async () => {
        const log = await (await page.request.get(`${address()}/api/v1/recordings/${items[0].recording.id}/listening`)).json();
        return log.items.length;
      },
      { timeout: 20_000 },
    )
    .toBeGreaterThan(0);
  await page.goto(`${address()}/reports/calls?group_by=agent`);
  await expect(page.getByText(items[0].agent.name).first()).toBeVisible();
});
