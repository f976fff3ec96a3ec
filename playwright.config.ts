import { defineConfig } from '@playwright/test';
import { EMULATED_WEBGPU } from './scripts/node/tools.mjs';

/** `E2E_PORT` lets two checkouts be tested on one machine. */
const port = Number(process.env.E2E_PORT) || 4173;
const address = `http://localhost:${port}/`;

/** A real Chromium with SwiftShader as the WebGPU adapter, on the built app as `npm start` serves it. */
export default defineConfig({
  testDir: 'e2e',
  timeout: 120_000,
  expect: { timeout: 30_000 },
  // A page waits for itself a fifth of the time: two of them fill two cores.
  workers: 2,
  // A busy machine may lose a race with the clock once: CI tries again, and lists the test as flaky.
  retries: process.env.CI ? 1 : 0,
  reporter: [['list']],
  use: {
    baseURL: address,
    // Tests that stop or change the network must see every request; e2e/app/offline.spec.ts lets the service worker in.
    serviceWorkers: 'block',
    viewport: { width: 1280, height: 800 },
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(process.env.CHROME_PATH ? { executablePath: process.env.CHROME_PATH } : {}),
      args: [
        '--headless',
        '--no-sandbox',
        ...EMULATED_WEBGPU,
        // onnxruntime's functions take V8's optimising compiler longer than these small matches win by it.
        '--js-flags=--wasm-tiering-budget=500000000',
        // Chromium's own moving test picture in place of a camera, and permission given.
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: {
    command: `npx vite preview --port ${port} --strictPort --host localhost`,
    url: address,
    reuseExistingServer: !process.env.CI,
  },
});
