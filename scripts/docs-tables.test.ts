import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXPORTS } from '../src/exports/index.ts';
import { LINK_KEYS } from '../src/pages/match/params.ts';
import { DOC_TABLES, tableIn } from './docs-tables.ts';
import { ROOT } from './node/tools.mjs';

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

describe('the docs follow the lists of the code (npx tsx scripts/docs-tables.ts --write)', () => {
  it.each(DOC_TABLES.map(({ file, name, table }) => [file, name, table] as const))('%s: %s', (file, name, table) => {
    expect(tableIn(read(file), name)).toBe(table);
  });

  it('settings share a name in the address only where they stand beside each other, as numbers of one thing', () => {
    const tables = DOC_TABLES.filter(({ table }) => table.startsWith('| address |'));
    expect(tables.length).toBeGreaterThan(5);
    for (const { name, table } of tables) {
      const names = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, address]) => address);
      const runs = names.filter((address, i) => address !== names[i - 1]);
      expect(
        runs.filter((address, i) => runs.indexOf(address) !== i),
        name,
      ).toEqual([]);
    }
  });

  it('docs/embedding.md names every format that a host may ask for, and no other', () => {
    const [, listed] = /\| `export` \| `format`: ([^;]*);/.exec(read('docs/embedding.md'))!;
    expect([...listed.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual(EXPORTS.map(({ name }) => name));
  });

  it('docs/embedding.md names parameters that there are', () => {
    const text = read('docs/embedding.md');
    const rows = text.slice(text.indexOf('## Parameters'), text.indexOf('## Messages'));
    const named = [...rows.matchAll(/^\| ([^|]*) \|/gm)].flatMap(([, cell]) =>
      [...cell.matchAll(/`([\w.]+)`/g)].map(([, name]) => name),
    );
    const own = ['a', 'b', 'share', 'pins', 'theme', 'controls', 'autorun', 'origin'];
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !LINK_KEYS.includes(name) && !own.includes(name))).toEqual([]);
  });
});
