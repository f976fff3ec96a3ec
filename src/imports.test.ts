import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Who may import whom: for every room of src/, the other rooms it may import from. */
const ARROWS: Record<string, readonly string[]> = {
  shared: [],
  // Of the Gaussians the table, which the readers of scenes fill and their writers read.
  formats: ['gaussians', 'shared'],
  onnx: ['formats', 'shared'],
  architectures: ['onnx', 'formats', 'shared'],
  models: ['architectures', 'onnx', 'formats', 'shared'],
  gpu: ['shared', 'shaders'],
  geometry: ['shared'],
  gaussians: ['geometry', 'shared'],
  // Statistics of dense features: pure as geometry is, but of vectors with hundreds of channels, not of places.
  features: ['geometry', 'shared'],
  engine: ['models', 'architectures', 'gpu', 'geometry', 'features', 'formats', 'shared'],
  client: ['shared'],
  // Of geometry the seeded draws of views and lights, which fill in what a person could have set by hand.
  state: ['client', 'models', 'geometry', 'shared'],
  ui: ['state', 'shared'],
  embed: ['ui', 'state', 'shared'],
  // The service worker: a program of its own beside the app.
  offline: ['shared'],
  // Beside the app's files lie the declarations for pages that import its module.
  main: ['ui', 'embed', 'public'],
};

/** Models that the page may know: no ONNX writer, no architectures, nothing that would weigh the page down. */
const MODELS_FOR_THE_PAGE = ['src/models/catalog.ts', 'src/models/manifest.ts', 'src/models/input-size.ts'];

/** Packages (or beginnings of their names) that only some files may import. Tests and their helpers may import any. */
const PACKAGES: { name: RegExp; allowed: RegExp }[] = [
  { name: /^react(-dom)?(\/|$)/, allowed: /^src\/(ui|embed|main)\b/ },
  { name: /^zustand(\/|$)/, allowed: /^src\/(state|ui|embed)\// },
  { name: /^onnxruntime-web(\/|$)/, allowed: /^src\/engine\/ort\.ts$/ },
  { name: /^sql\.js(\/|$)/, allowed: /^src\/engine\/exports\/open-sqlite\.ts$/ },
  { name: /^webgpu-utils$/, allowed: /^src\/gpu\/reflection\.ts$/ },
];

interface Import {
  /** Path from the repository's root, as every path here. */
  file: string;
  specifier: string;
  /** The file imported, or null where it is a package. */
  target: string | null;
  typeOnly: boolean;
}

const root = resolve(import.meta.dirname, '..');
const isTest = (file: string) => /\.test\.tsx?$/.test(file);
/** What only tests may import. */
const isTestHelper = (file: string) => /(^|\/)(testing|fixtures)\/|\.test-helper\.ts$|\/fake-[^/]*$/.test(file);

/** The room of a file: its folder under src/, `main` for src's own files, `shaders` for the WGSL. */
function roomOf(file: string): string {
  const [top, second, third] = file.split('/');
  if (top !== 'src') return top;
  return third === undefined ? 'main' : second;
}

/** Path of a file that `file` imports as `specifier`, a query such as `?raw` left off. */
const pathOf = (file: string, specifier: string) =>
  relative(root, resolve(root, dirname(file), specifier.replace(/\?\w+$/, ''))).replaceAll('\\', '/');

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const statements = [
    ...text.matchAll(/^(?:import|export)\s+(type\s)?[^'";]*?\bfrom\s+'([^']+)'/gm),
    ...text.matchAll(/^import\s+()'([^']+)'/gm),
    ...text.matchAll(/\bimport\(()'([^']+)'\)/g),
  ];
  return statements.map(([, type, specifier]) => ({
    file,
    specifier,
    target: specifier.startsWith('.') ? pathOf(file, specifier) : null,
    typeOnly: Boolean(type),
  }));
}

const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
  .map((name) => `src/${name.replaceAll('\\', '/')}`);
const imports = files.flatMap(importsOf);
const describeImport = ({ file, specifier }: Import) => `${file} → ${specifier}`;

describe('who may import whom', () => {
  test('every room is known', () => {
    expect([...new Set(files.map(roomOf))].filter((room) => !(room in ARROWS))).toEqual([]);
    expect(imports.length).toBeGreaterThan(100);
  });

  test('no arrow but the agreed ones', () => {
    const wrong = imports.filter(({ file, target }) => {
      if (target === null || file === 'src/imports.test.ts') return false;
      const [from, to] = [roomOf(file), roomOf(target)];
      return from !== to && !ARROWS[from].includes(to);
    });
    expect(wrong.map(describeImport)).toEqual([]);
  });

  test('the page’s state imports only the light part of the models', () => {
    const wrong = imports.filter(({ file, target, typeOnly }) => {
      if (target === null || typeOnly || roomOf(file) !== 'state') return false;
      return roomOf(target) === 'models' && !MODELS_FOR_THE_PAGE.includes(target);
    });
    expect(wrong.map(describeImport)).toEqual([]);
  });

  test('React, zustand, the runtime and the reflection are imported where they belong', () => {
    const wrong = imports.filter(({ file, specifier, target }) => {
      if (target !== null || isTest(file) || isTestHelper(file)) return false;
      return PACKAGES.some(({ name, allowed }) => name.test(specifier) && !allowed.test(file));
    });
    expect(wrong.map(describeImport)).toEqual([]);
  });

  test('nothing that ships imports a test’s helper', () => {
    const wrong = imports.filter(
      ({ file, target }) => target !== null && isTestHelper(target) && !isTest(file) && !isTestHelper(file),
    );
    expect(wrong.map(describeImport)).toEqual([]);
  });

  test('no circle of imports', () => {
    // Types vanish when compiled, so only values can leave a module half loaded.
    const targets = new Map<string, string[]>(files.map((file) => [file, []]));
    for (const { file, target, typeOnly } of imports) if (target && !typeOnly) targets.get(file)?.push(target);
    const finished = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: string[]) => {
      if (path.includes(file)) {
        circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
        return;
      }
      if (finished.has(file)) return;
      for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
      finished.add(file);
    };
    files.forEach((file) => visit(file, []));
    expect(circles).toEqual([]);
  });
});
