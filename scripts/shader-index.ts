import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PANE_KINDS } from '../src/compute/splats/show/pane.ts';
import { LIFT_PICTURES } from '../src/pages/lift/contract/api.ts';
import { VIEW_LIST } from '../src/pages/match/views/index.ts';
import { linkWgsl } from './build/link-wgsl.ts';
import { runCommand } from './node/run-command.ts';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
/** What `npx tsx scripts/shader-index.ts` writes; a test compares it with what would be written now. */
export const INDEX = 'docs/shaders.md';

/** A picture as the person knows it, and the folder whose passes draw it. */
interface Picture {
  page: string;
  picture: string;
  folder: string;
}

const inWords = (name: string) => name.replaceAll('-', ' ').replace(/^./, (first) => first.toUpperCase());

/** Every picture on screen, from the lists that the pages themselves read. */
export function pictures(): Picture[] {
  const views = VIEW_LIST.flatMap(({ label, panes }) =>
    [...new Set(panes.map(({ kind }) => kind))].map((kind) => ({
      page: 'Match',
      picture: kind === 'photo' ? `${label}: the photos` : label,
      folder: `src/pages/match/views/${kind}`,
    })),
  );
  return [
    ...views,
    { page: 'Match', picture: 'Matches: lines and points', folder: 'src/pages/match/views/matches' },
    { page: 'Match', picture: 'Points in space', folder: 'src/pages/match/views/cloud' },
    { page: 'Compare', picture: 'Components (PCA)', folder: 'src/pages/compare/passes/draw-components' },
    { page: 'Compare', picture: 'Similarity', folder: 'src/pages/compare/passes/feature-cosine' },
    { page: 'Compare', picture: 'Clusters, neighbours', folder: 'src/pages/compare/passes/feature-nearest' },
    ...LIFT_PICTURES.map((picture) => ({
      page: 'Lift',
      picture: inWords(picture),
      folder: 'src/pages/lift/passes/display',
    })),
    { page: 'Scene', picture: 'The view while it moves', folder: 'src/compute/splats/look' },
    ...PANE_KINDS.map((kind) => ({ page: 'Scene', picture: inWords(kind), folder: 'src/compute/splats/show' })),
  ];
}

/** TypeScript files that import WGSL, and what they import. */
export function passes(): { file: string; shaders: string[] }[] {
  return readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .map((name) => `src/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.endsWith('.test.ts'))
    .sort()
    .flatMap((file) => {
      const imports = [...readFileSync(join(ROOT, file), 'utf8').matchAll(/from '([^']+\.wgsl)'/g)];
      const shaders = imports.map(([, path]) =>
        relative(ROOT, resolve(ROOT, dirname(file), path)).replaceAll('\\', '/'),
      );
      return shaders.length ? [{ file, shaders: shaders.sort() }] : [];
    });
}

const link = (path: string) => `[${path.split('/').at(-1)}](../${path})`;

/** The index as Markdown. */
export function shaderIndex(): string {
  const all = passes();
  const rows = pictures().map(({ page, picture, folder }) => {
    const drawn = all.filter(({ file }) => dirname(file) === folder);
    const shaders = drawn.flatMap((pass) => pass.shaders);
    const twin = ['cpu.ts', 'cpu/index.ts']
      .map((name) => `${folder}/${name}`)
      .find((path) => existsSync(join(ROOT, path)));
    return `| ${page} | ${picture} | ${shaders.map(link).join(', ')} | ${drawn.map(({ file }) => link(file)).join(', ')} | ${twin ? link(twin) : ''} |`;
  });
  const others = all.map(({ file, shaders }) => {
    const imported = shaders.flatMap((path) =>
      linkWgsl(join(ROOT, path)).files.map((name) => relative(ROOT, name).replaceAll('\\', '/')),
    );
    const shared = [...new Set(imported)].filter((path) => !shaders.includes(path));
    return `| ${shaders.map(link).join(', ')} | ${file} | ${shared.map((path) => path.split('/').at(-1)).join(', ')} |`;
  });
  return `# Which WGSL draws what

Made by \`npx tsx scripts/shader-index.ts\` from the lists that the pages read; a test keeps it true.

| page | picture | WGSL | pass | twin on the processor |
|---|---|---|---|---|
${rows.join('\n')}

## Every pass

| WGSL | TypeScript | imports |
|---|---|---|
${others.join('\n')}
`;
}

runCommand(import.meta.url, async () => writeFileSync(join(ROOT, INDEX), shaderIndex()));
