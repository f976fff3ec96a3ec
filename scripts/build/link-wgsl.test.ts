import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { linkWgsl } from './link-wgsl.ts';

const reader = (files: Record<string, string>) => (path: string) => {
  if (!(path in files)) throw new Error('missing');
  return files[path];
};

describe('linkWgsl', () => {
  test('joins what is imported once, before what imports it', () => {
    const read = reader({
      '/a/main.wgsl': '// Main.\n#import "x.wgsl"\n#import "../b/y.wgsl"\nfn main() {}\n',
      '/a/x.wgsl': '#import "../b/y.wgsl"\nfn x() {}\n',
      '/b/y.wgsl': 'fn y() {}\n',
    });
    const { code, files } = linkWgsl('/a/main.wgsl', read);
    expect(files).toEqual(['/b/y.wgsl', '/a/x.wgsl', '/a/main.wgsl']);
    expect(code.match(/fn \w+/g)).toEqual(['fn y', 'fn x', 'fn main']);
    expect(code).not.toContain('#import');
  });

  test('names who imports what is missing, and a circle', () => {
    expect(() => linkWgsl('/a.wgsl', reader({ '/a.wgsl': '#import "b.wgsl"\n' }))).toThrow(
      '/a.wgsl imports /b.wgsl, which cannot be read',
    );
    const circle = reader({ '/a.wgsl': '#import "b.wgsl"', '/b.wgsl': '#import "a.wgsl"' });
    expect(() => linkWgsl('/a.wgsl', circle)).toThrow('/a.wgsl → /b.wgsl → /a.wgsl');
  });
});

describe('the shaders', () => {
  const folder = fileURLToPath(new URL('../../shaders/', import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.wgsl'));

  test.each(files)('%s imports all that it needs itself', (name) => {
    const text = readFileSync(folder + name, 'utf8');
    expect(text).not.toMatch(/\bNeeds\b.*\.wgsl/);
    expect(() => linkWgsl(folder + name)).not.toThrow();
  });
});

describe('bindings', () => {
  const folder = fileURLToPath(new URL('../../src/', import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?<!\.test)\.ts$/.test(name),
  );

  test('no binding number stands in TypeScript: names are read from the WGSL', () => {
    expect(files.filter((name) => /\bbinding: ?\d/.test(readFileSync(folder + name, 'utf8')))).toEqual([]);
  });
});
