import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { oddFiles } from './odd-files/corpus.ts';
import { encodeWithMagick } from './odd-files/magick.ts';

/**
 * `npx tsx scripts/odd-files.ts`: writes the bad and odd files of e2e/match/bad-input.spec.ts and what is expected of each to
 * e2e/odd-files. With `--magick` also those that only ImageMagick can encode, which are kept as committed otherwise.
 */
const { values } = parseArgs({
  options: { magick: { type: 'boolean' }, out: { type: 'string', default: 'e2e/odd-files' } },
});
const out = values.out;

mkdirSync(out, { recursive: true });
if (values.magick) encodeWithMagick(out);
const files = oddFiles((file) => readFileSync(join(out, file)));
for (const { file, make } of files) if (make) writeFileSync(join(out, file), make());
const expected = files.map(({ file, expect }) => ({ file, ...expect }));
writeFileSync(join(out, 'expected.json'), `${JSON.stringify(expected, null, 2)}\n`);
console.log(`${files.length} files in ${out}`);
