import { defineConfig } from '@playwright/test';
import { patience } from '../patience.ts';

/** End to end: a real Chromium, the real renderer, main, engine process and project file (the browser host). */
export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results',
  // Each spec starts its own lab, with its own folders; two cores are assumed.
  workers: process.env.CI ? 1 : 2,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: patience.timeout },
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ? [['list'], ['json']] : [['list']],
  use: {
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    locale: 'en-US',
    actionTimeout: patience.timeout,
  },
});
