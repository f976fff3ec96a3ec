import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { wgsl } from './scripts/build/link-wgsl.ts';
import { buildNodeEntry } from './scripts/build/node-entry.ts';
import { packLargeFiles } from './scripts/build/pack-large-files.ts';
import { describeBuildToServiceWorker } from './scripts/build/service-worker.ts';

/** Entries that others name: pages of other sites, and browsers that were here before. */
const KEPT_NAMES = ['lift-match', 'matcher', 'service-worker'];

/** Tests that put another module in a module's place, which others in their process would get too. */
const MODULES_REPLACED = ['src/formats/arrays/strided.test.ts'];

export default defineConfig({
  // Relative addresses: the same build works at a domain's root and under a GitHub Pages sub-path.
  base: './',
  plugins: [react(), wgsl(), packLargeFiles(), describeBuildToServiceWorker(), buildNodeEntry()],
  worker: { format: 'es', plugins: () => [wgsl()] },
  // Sandboxed frames have no origin: they may read an app's files only where the server lets everybody.
  preview: { cors: true },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    // Tests read from it which parts are loaded when they are needed; it ships with the rest and tells nothing more.
    manifest: true,
    rolldownOptions: {
      preserveEntrySignatures: 'exports-only',
      input: {
        index: 'index.html',
        embed: 'embed.html',
        'lift-match': 'src/embed/lift-match.ts',
        matcher: 'src/api/matcher.ts',
        'service-worker': 'src/app/offline/service-worker.ts',
      },
      output: {
        entryFileNames: ({ name }) => (KEPT_NAMES.includes(name) ? `${name}.js` : 'assets/[name]-[hash].js'),
      },
    },
  },
  // onnxruntime-web finds its .wasm beside its own module; pre-bundling would move it away.
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  test: {
    // A process for each file would take a fifth of a second a file: those of the app leave nothing behind and share two.
    projects: [
      {
        extends: true,
        test: { name: 'app', include: ['src/**/*.test.ts'], exclude: MODULES_REPLACED, isolate: false },
      },
      { extends: true, test: { name: 'own process', include: ['scripts/**/*.test.ts', ...MODULES_REPLACED] } },
    ],
    environment: 'node',
    // Dawn's SwiftShader and the 2-core machines: two files at a time is all that pays.
    maxWorkers: 2,
    // onnxruntime's WASM has functions that take V8's optimising compiler seconds each: more than these small networks ever
    // win by it. Only what runs for long is optimised.
    execArgv: ['--wasm-tiering-budget=500000000'],
    // Two files at a time on two cores: a session's second thread would spin on the other file's core.
    env: { ORT_THREADS: '1' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
