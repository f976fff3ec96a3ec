import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PAGES } from '../src/app/pages.ts';
import { EXPORTS } from '../src/exports/index.ts';
import { SET_EXPORTS } from '../src/exports/sets/index.ts';
import type { NetworkFamily } from '../src/networks/family.ts';
import { FAMILIES } from '../src/networks/index.ts';
import { COMPARE_PARAMS } from '../src/pages/compare/params.ts';
import { LIFT_PARAMS } from '../src/pages/lift/params.ts';
import { EXPORT_PARAMS } from '../src/pages/match/params/export.ts';
import { FIT_PARAMS, VIEW_PARAMS } from '../src/pages/match/params.ts';
import { SCENE_PARAMS } from '../src/pages/scene/params.ts';
import { SET_PARAMS } from '../src/pages/set/params.ts';
import type { Param, ParamTable } from '../src/platform/params/params.ts';
import { SETTINGS_PARAMS } from '../src/workspace/params.ts';
import { ROOT } from './node/tools.mjs';

type Row = readonly string[];

/** A table of Markdown. */
function markdown(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

const code = (text: string) => `\`${text}\``;

/** What a setting may be, in words. */
function valuesOf(param: Param): string {
  switch (param.kind) {
    case 'choice':
      return param.options.map(({ value }) => code(value)).join(', ');
    case 'switch':
      return '`0`, `1`';
    case 'text':
      return 'text';
    case 'coded':
      return param.form;
    default:
      return `${param.range[0]} to ${param.range[1]}${param.unit ?? ''}`;
  }
}

function defaultOf(param: Param): string {
  if (param.kind === 'optional-number') return param.otherwise;
  if (param.default === null) return '–';
  if (param.kind === 'switch') return param.default ? '`1`' : '`0`';
  return code(param.kind === 'coded' ? param.write(param.default) : String(param.default));
}

/** A table of settings; numbers that share a name in the address follow one another, as they stand there. */
const settings = (table: ParamTable, prefix = '') =>
  markdown(
    ['address', 'setting', 'values', 'default', ''],
    Object.values(table).map((param) => [
      code(prefix + param.address),
      param.label,
      valuesOf(param),
      defaultOf(param),
      param.help ?? '',
    ]),
  );

/** Every table of the docs that follows a list of the code, by its name and the file that it stands in. */
export const DOC_TABLES: readonly { file: string; name: string; table: string }[] = [
  {
    file: 'docs/settings.md',
    name: 'pages',
    table: markdown(
      ['`page`', 'on its tab', 'keys'],
      PAGES.map(({ name, title, key }) => [code(name), title, `Alt+${key.slice(3)}`]),
    ),
  },
  { file: 'docs/settings.md', name: 'matching', table: settings(SETTINGS_PARAMS) },
  { file: 'docs/settings.md', name: 'view', table: settings(VIEW_PARAMS) },
  { file: 'docs/settings.md', name: 'fit', table: settings(FIT_PARAMS) },
  { file: 'docs/settings.md', name: 'export', table: settings(EXPORT_PARAMS) },
  { file: 'docs/settings.md', name: 'compare', table: settings(COMPARE_PARAMS, 'compare.') },
  { file: 'docs/settings.md', name: 'set', table: settings(SET_PARAMS, 'set.') },
  { file: 'docs/settings.md', name: 'lift', table: settings(LIFT_PARAMS, 'lift.') },
  { file: 'docs/settings.md', name: 'scene', table: settings(SCENE_PARAMS, 'scene.') },
  {
    file: 'docs/settings.md',
    name: 'networks',
    table: markdown(
      ['`--as`', 'family', 'makes a', 'input', 'published'],
      FAMILIES.map(({ name, title, kind, side, catalog }: NetworkFamily) => [
        code(name),
        title,
        kind,
        `${side.byDefault} px, multiples of ${side.multiple}`,
        String(catalog.length),
      ]),
    ),
  },
  {
    file: 'docs/exports.md',
    name: 'exports',
    table: markdown(
      ['`format`', 'in the dialog', 'file', 'what it holds', 'also by'],
      EXPORTS.map(({ name, label, ending, text, inBatch, needs }) => [
        code(name),
        label,
        ending,
        text,
        [inBatch && 'batch', needs === 'match' && 'command line'].filter(Boolean).join(', '),
      ]),
    ),
  },
  {
    file: 'docs/set.md',
    name: 'set-exports',
    table: markdown(
      ['', 'what it is'],
      SET_EXPORTS.map(({ label, text }) => [label, text]),
    ),
  },
];

const marks = (name: string) => [`<!-- list: ${name} -->`, '<!-- end -->'] as const;

/** The table of that name as it stands in a file; null where its marks are missing. */
export function tableIn(text: string, name: string): string | null {
  const [begin, end] = marks(name);
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  return from < 0 || to < 0 ? null : text.slice(from + begin.length, to).trim();
}

/** Puts the present tables into the docs. */
function write(): void {
  for (const { file, name, table } of DOC_TABLES) {
    const path = join(ROOT, file);
    const text = readFileSync(path, 'utf8');
    const [begin, end] = marks(name);
    const from = text.indexOf(begin) + begin.length;
    writeFileSync(path, `${text.slice(0, from)}\n${table}\n${text.slice(text.indexOf(end, from))}`);
  }
}

if (process.argv[1]?.endsWith('docs-tables.ts') && process.argv.includes('--write')) write();
