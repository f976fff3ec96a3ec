import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkSample } from './check-sample/check.ts';
import { readSample } from './check-sample/read.ts';
import { main } from './lift.ts';
import { runMain, runScript } from './node/command.test-helper.ts';
import { ROOT } from './node/tools.mjs';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'lift-'));
const photos = join(folder, 'photos');
const maps = join(folder, 'maps');
const sample = (file: string) => join(ROOT, 'public', 'samples', file);

/** A command as a person runs it. */
const command = (script: string, args: readonly string[]) =>
  runScript(script, args).then(({ code, stdout, stderr }) => ({ code, text: code === 0 ? stdout + stderr : stderr }));
const lift = (...args: string[]) => command('lift.ts', args);

const filesOf = (path: string) =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(path, name)).isFile())
    .sort();

describe('npm run lift', () => {
  const out = join(folder, 'out');
  const args = [photos, '--depth', maps, '--out', out, '--views', '2', '--size', '96', '--seed', '4'];

  beforeAll(() => {
    for (const path of [photos, maps]) mkdirSync(path);
    cpSync(sample('still-life/a.jpg'), join(photos, 'table.jpg'));
    cpSync(sample('still-life/disparity-a.png'), join(maps, 'table.png'));
    writeFileSync(join(photos, 'torn.jpg'), readFileSync(sample('facade/a.jpg')).subarray(0, 3000));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('writes samples that an independent reader re-projects, tells of torn photos, and can go on', async () => {
    const first = await lift(...args);
    expect(first.text).toMatch(/torn\.jpg is damaged or incomplete/);
    expect(first.code).toBe(1);
    rmSync(join(photos, 'torn.jpg'));
    const names = readdirSync(join(out, 'warp'))
      .map((file) => file.replace('.npz', ''))
      .sort();
    expect(names).toEqual(['table_000', 'table_001']);
    for (const name of names) {
      const found = checkSample(readSample(out, name));
      expect(found.visible).toBeGreaterThan(800);
      expect(found.forward.max).toBeLessThan(0.05);
      expect(found.backward.max).toBeLessThan(0.05);
      // Shrunk views read single pixels of a fine texture, so colours agree but are not the same.
      expect(found.colour).toBeLessThan(20);
      expect(found.depthAgrees).toBeGreaterThan(0.9);
    }
    const again = await lift(...args, '--views', '3');
    expect(again).toEqual({ code: 0, text: expect.stringMatching(/^1 views of 1 photos .* 2 were there/) });
    expect(filesOf(out).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(await command('check-sample.ts', [out])).toMatchObject({ code: 0, text: expect.stringContaining('right') });
  });

  it('makes the same archive twice, with the files of a folder', async () => {
    const [one, two] = [join(folder, '1.zip'), join(folder, '2.zip')];
    for (const zip of [one, two]) {
      const options = [...args.with(args.indexOf(out), zip), '--views', '1', '--relight', '--photometric'];
      expect(await lift(...options)).toEqual({ code: 0, text: expect.stringMatching(/^1 views of 1 photos/) });
    }
    expect(readFileSync(one).equals(readFileSync(two))).toBe(true);
    const archive = unzipSync(readFileSync(one));
    expect(archive['cams/table_000.npy']).toEqual(new Uint8Array(readFileSync(join(out, 'cams/table_000.npy'))));
  });

  const hasNumpy = spawnSync('python3', ['-c', 'import numpy']).status === 0;
  it.runIf(hasNumpy)('is read by NumPy', async () => {
    const { stdout } = await run('python3', [join(ROOT, 'scripts/check_sample.py'), out]);
    expect(stdout).toMatch(/^table_000: \d+ places, at most/);
  });

  it('finds a sample that is wrong', async () => {
    const name = 'table_000';
    const found = readSample(out, name);
    found.ext.data[3] += 0.01 * found.depth1.data[0];
    expect(checkSample(found).forward.max).toBeGreaterThan(0.05);
  });

  it.each([
    [[], 0, /npm run lift/],
    [['--out', 'x'], 1, /^No photo is named/],
    [['a.jpg'], 1, /^--out DIR is missing/],
    [['nowhere.jpg', '--out', 'x'], 1, /^nowhere\.jpg cannot be read\. Check its name/],
    [[sample('still-life/a.jpg'), '--out', out, '--seed', '77'], 1, /made with other settings.*Choose an empty folder/],
  ])('%j: exits with %d and says why', async (wrong, code, message) => {
    // One as a person runs it, for the status of its process.
    const { stderr, ...result } = await (wrong[0] === '--out' ? runScript('lift.ts', wrong) : runMain(main, wrong));
    expect(code ? stderr : result.stdout).toMatch(message);
    expect(result.code).toBe(code);
  });
});
