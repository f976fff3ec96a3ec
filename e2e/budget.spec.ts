import { readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

/** Gzipped bytes of JavaScript before the runtime's wasm, however it is split. */
const BUDGET = 250_000;

test('the page, the worker and one runtime stay within the JavaScript budget', () => {
  const folder = new URL('../dist/assets/', import.meta.url);
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const size = (name: string) => gzipSync(readFileSync(new URL(name, folder))).length;
  const isRuntime = (name: string) => name.startsWith('ort.');
  // A visitor downloads one of the runtime's variants: the largest counts.
  const runtime = Math.max(...scripts.filter(isRuntime).map(size));
  const first = scripts.filter((name) => /^(index|worker|rolldown-runtime)-/.test(name));
  expect(first.length).toBeGreaterThan(1);
  const total = runtime + first.map(size).reduce((sum, bytes) => sum + bytes, 0);
  expect(total).toBeLessThan(BUDGET);
});
