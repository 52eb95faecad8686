// The browser journey. It never starts the program: BASE_URL says where one is running.
import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const known = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium-browser',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
const executablePath = process.env.CHROMIUM ?? known.find((path) => existsSync(path)); // else Playwright's own
const isRoot = process.getuid?.() === 0;
const target = process.env.CARGO_TARGET_DIR ?? '../target';

export default defineConfig({
  testDir: 'e2e',
  outputDir: `${target}/e2e`,
  fullyParallel: false, // the journeys of one file may share a table
  workers: 2,
  reporter: 'line',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    actionTimeout: 15_000,
    baseURL: process.env.BASE_URL ?? 'http://localhost:8080',
    viewport: { width: 390, height: 844 },
    locale: 'en-US',
    serviceWorkers: 'block', // or no test could stand between page and server; `offline.spec.ts` lets it in
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        ...(isRoot ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
