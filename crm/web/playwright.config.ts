import { defineConfig } from '@playwright/test';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--allow-loopback-in-peer-connection',
];

/** Browser tests against a whole Ringbook of their own: real Asterisk, PostgreSQL, S3, real sound. */
export default defineConfig({
  testDir: './e2e',
  outputDir: '../../.cache/e2e',
  globalSetup: './e2e/setup.ts',
  fullyParallel: false,
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    actionTimeout: 10_000,
    browserName: 'chromium',
    headless: true,
    viewport: { width: 1440, height: 900 },
    locale: 'ru-RU',
    timezoneId: 'Europe/Moscow',
    permissions: ['microphone', 'notifications'],
    trace: 'retain-on-failure',
    launchOptions: { executablePath: process.env.RINGBOOK_CHROMIUM ?? '/usr/bin/chromium', args: flags },
  },
});
