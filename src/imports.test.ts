import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

/**
 * Who may import whom. A room is a folder of src/; inside a page (src/pages/<page>/) every folder is a room of its own.
 * Left: the room. Right: the rooms that it may import from; `page:` stands for the same page, `contract` and `page` of any
 * page are its ways in.
 */
const ARROWS: Record<string, readonly string[]> = {
  core: [],
  // Of the Gaussians the table, which the readers of scenes fill and their writers read.
  formats: ['gaussians', 'core'],
  onnx: ['formats', 'core'],
  geometry: ['core'],
  // Statistics of dense features: pure as geometry is, but of vectors with hundreds of channels, not of places.
  features: ['geometry', 'core'],
  gaussians: ['geometry', 'core'],
  platform: ['core', 'shaders'],
  // A model folder: manifest, where it comes from, where it is kept.
  models: ['platform', 'formats', 'core'],
  networks: ['models', 'onnx', 'formats', 'core'],
  compute: ['platform', 'gaussians', 'formats', 'geometry', 'core', 'shaders'],
  // Photos to warp: what every page that runs a matcher shares, and the command line.
  matching: ['models', 'compute', 'platform', 'geometry', 'formats', 'core'],
  // Many photos: which pairs are matched, and their candidates as tracks. The page and the command line share it.
  sets: ['matching', 'compute', 'formats', 'geometry', 'core'],
  exports: ['gaussians', 'formats', 'geometry', 'core'],
  ui: ['platform', 'core'],
  // What all pages share: photos A and B, samples, models, notices, the page shown. Pages build on it, so it knows none of
  // them; the match page's engine comes to it as a PhotoEngine. A room of its own, for in a page it would be that page's.
  workspace: ['models', 'ui', 'platform', 'core'],
  embed: ['api', 'pages/match', 'exports', 'workspace', 'ui', 'platform', 'core', 'public'],
  // The match from code, without a page.
  api: ['matching', 'models', 'compute', 'platform', 'geometry', 'formats', 'core', 'public'],
  app: ['page', 'workspace', 'ui', 'platform', 'core'],
  'page:contract': ['page:params', 'exports', 'page:views', 'models', 'gaussians', 'geometry', 'core', 'platform'],
  // A page's settings, each declared once.
  'page:settings': ['page:contract', 'core'],
  'page:params': [
    'exports',
    'page:settings',
    'page:contract',
    'page:views',
    'workspace',
    'platform',
    'gaussians',
    'geometry',
    'sets',
    'core',
  ],
  'page:link': ['page:contract', 'workspace', 'models', 'platform', 'core'],
  'page:state': [
    'exports',
    'page:settings',
    'page:params',
    'page:contract',
    'page:link',
    'page:views',
    'contract',
    'page',
    'workspace',
    'ui',
    'networks',
    'models',
    'gaussians',
    'geometry',
    'platform',
    'sets',
    'core',
  ],
  'page:ui': [
    'exports',
    'page:state',
    'page:settings',
    'page:params',
    'page:contract',
    'page:views',
    'contract',
    'page',
    'workspace',
    'ui',
    'networks',
    'models',
    'gaussians',
    'geometry',
    'platform',
    'core',
  ],
  'page:views': [
    'page:ui',
    'page:state',
    'page:params',
    'page:contract',
    'ui',
    'compute',
    'platform',
    'geometry',
    'core',
    'shaders',
  ],
  'page:passes': ['page:contract', 'compute', 'platform', 'geometry', 'core', 'shaders'],
  'page:worker': [
    'page:params',
    'page:contract',
    'page:passes',
    'page:views',
    'contract',
    'exports',
    'networks',
    'matching',
    'models',
    'compute',
    'platform',
    'geometry',
    'features',
    'gaussians',
    'formats',
    'onnx',
    'sets',
    'core',
  ],
  'page:page': [
    'page:ui',
    'page:state',
    'page:link',
    'page:contract',
    'contract',
    'workspace',
    'ui',
    'platform',
    'core',
  ],
};

/** Arrows that are still to be mended: every line taken out here is a wall put up. */
const DEBTS: readonly string[] = [];

/** Packages (or beginnings of their names) that only some files may import. Tests and their helpers may import any. */
const PACKAGES: { name: RegExp; allowed: RegExp }[] = [
  {
    name: /^react(-dom)?(\/|$)/,
    allowed: /^src\/(app|embed|ui|workspace\/ui)\/|^src\/pages\/\w+\/(ui|views)\/|\/page\.tsx?$/,
  },
  {
    name: /^zustand(\/|$)/,
    allowed: /^src\/(app|embed|ui|workspace)\/|^src\/platform\/page\/|^src\/pages\/\w+\/(ui|state|views)\//,
  },
  { name: /^onnxruntime-web(\/|$)/, allowed: /^src\/platform\/runtime\/ort\.ts$/ },
  { name: /^sql\.js(\/|$)/, allowed: /\/open-sqlite\.ts$/ },
  { name: /^h5wasm$/, allowed: /\/open-hdf5\.ts$/ },
  { name: /^webgpu-utils$/, allowed: /^src\/platform\/gpu\/reflection\.test\.ts$/ },
];

/** Files in one folder: more are not taken in at a glance. */
const MAX_SIBLINGS = 25;

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

/** The room of a file: `core`, or `pages/lift/state`; `main` for src's own files, `shaders` for the WGSL. */
function roomOf(file: string): string {
  const [top, second, third, fourth] = file.split('/');
  if (top !== 'src') return top;
  if (third === undefined) return 'main';
  return second === 'pages' ? `pages/${third}/${(fourth ?? '').replace(/\.tsx?$/, '')}` : second;
}

/** The page and the part of a page's room, or null. */
const pageOf = (room: string): [page: string, part: string] | null => {
  const [top, page, part] = room.split('/');
  return top === 'pages' ? [page, part] : null;
};

function isAllowed(from: string, to: string): boolean {
  const [here, there] = [pageOf(from), pageOf(to)];
  const allowed = ARROWS[here ? `page:${here[1]}` : from] ?? [];
  if (!there) return allowed.includes(to);
  const [page, part] = there;
  if (here && here[0] === page) return allowed.includes(`page:${part}`);
  return allowed.includes(`pages/${page}`) || ((part === 'contract' || part === 'page') && allowed.includes(part));
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
    const known = (room: string) => {
      const page = pageOf(room);
      return page ? `page:${page[1]}` in ARROWS || page[1] === 'testing' : room in ARROWS || room === 'main';
    };
    expect([...new Set(files.map(roomOf))].filter((room) => !known(room))).toEqual([]);
    expect(imports.length).toBeGreaterThan(100);
  });

  test('no arrow but the agreed ones', () => {
    const wrong = imports.filter(({ file, target }) => {
      // Tests look at what they test from wherever they are; what they may not do is be imported.
      if (target === null || isTest(file) || isTestHelper(file)) return false;
      const [from, to] = [roomOf(file), roomOf(target)];
      return from !== to && !isAllowed(from, to) && !DEBTS.includes(`${from} → ${to}`);
    });
    expect(wrong.map(describeImport)).toEqual([]);
  });

  test('no debt that is paid', () => {
    const paid = DEBTS.filter(
      (debt) =>
        !imports.some(
          ({ file, target }) =>
            target !== null && !isTest(file) && !isTestHelper(file) && `${roomOf(file)} → ${roomOf(target)}` === debt,
        ),
    );
    expect(paid).toEqual([]);
  });

  test('React, zustand, the runtime and the reflection are imported where they belong', () => {
    const wrong = imports.filter(({ file, specifier, target }) => {
      if (target !== null || isTest(file) || isTestHelper(file)) return false;
      return PACKAGES.some(({ name, allowed }) => name.test(specifier) && !allowed.test(file));
    });
    expect(wrong.map(describeImport)).toEqual([]);
  });

  test('the page’s first load holds no drawing of a view: that is the worker’s', () => {
    const isDrawing = (file: string) =>
      /\/views\/(.*\/)?([\w-]*gpu|[\w-]*cpu|cpu-painter|[gc]pu-drawings|canvas|uniforms|heat|frame|bindings)\.ts$/.test(
        file,
      );
    const isPages = (file: string) =>
      !/\/worker\//.test(file) && !isDrawing(file) && !isTest(file) && !isTestHelper(file);
    const drawers = imports.filter(({ target }) => target !== null && isDrawing(target));
    const wrong = drawers.filter(({ file, typeOnly }) => isPages(file) && !typeOnly);
    expect(drawers.length).toBeGreaterThan(10);
    expect(wrong.map(describeImport)).toEqual([]);
  });

  test('hooks of tests are loaded when they are asked for, not with what ships', () => {
    const hooks = imports.filter(({ target, typeOnly }) => target?.endsWith('/worker/test-hooks.ts') && !typeOnly);
    const isAsked = ({ file, specifier }: Import) =>
      readFileSync(join(root, file), 'utf8').includes(`await import('${specifier}')`);
    expect(hooks.length).toBeGreaterThan(0);
    expect(hooks.filter((one) => !isAsked(one)).map(describeImport)).toEqual([]);
  });

  test('nothing that ships imports a test’s helper', () => {
    const wrong = imports.filter(
      ({ file, target }) => target !== null && isTestHelper(target) && !isTest(file) && !isTestHelper(file),
    );
    expect(wrong.map(describeImport)).toEqual([]);
  });

  test('no room of more than 25 files', () => {
    const counts = new Map<string, number>();
    for (const top of ['src', 'shaders']) {
      for (const entry of readdirSync(join(root, top), { recursive: true, withFileTypes: true })) {
        const folder = relative(root, entry.parentPath).replaceAll('\\', '/');
        // What tests read is a pile by nature.
        if (entry.isFile() && !/(^|\/)(fixtures|testing)(\/|$)/.test(folder)) {
          counts.set(folder, (counts.get(folder) ?? 0) + 1);
        }
      }
    }
    expect(counts.get('src/core')).toBeGreaterThan(5);
    expect([...counts].filter(([, count]) => count > MAX_SIBLINGS)).toEqual([]);
  });

  test('no circle of files', () => {
    // Types vanish when compiled, and make a circle to the reader all the same: neither file can be understood first.
    const targets = new Map<string, string[]>(files.map((file) => [file, []]));
    for (const { file, target } of imports) if (target) targets.get(file)?.push(target);
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
