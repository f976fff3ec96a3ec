import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { INDEX, passes, pictures, shaderIndex } from './shader-index.ts';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

test('the index of shaders is what the code says now', () => {
  expect(readFileSync(join(ROOT, INDEX), 'utf8')).toBe(shaderIndex());
});

test('every picture has its WGSL', () => {
  const folders = new Set(passes().map(({ file }) => dirname(file)));
  expect(pictures().filter(({ folder }) => !folders.has(folder))).toEqual([]);
});

test('no shader lies about that nothing draws with', () => {
  const imported = new Set(passes().flatMap(({ shaders }) => shaders));
  const all = readdirSync(join(ROOT, 'shaders'), { recursive: true, encoding: 'utf8' })
    .map((name) => `shaders/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.wgsl'));
  const texts = all.map((name) => readFileSync(join(ROOT, name), 'utf8')).join('\n');
  const isImported = (name: string) =>
    imported.has(name) ||
    texts.includes(`/${name.split('/').at(-1)}"`) ||
    texts.includes(`"${name.split('/').at(-1)}"`);
  expect(all.filter((name) => !isImported(name))).toEqual([]);
});
