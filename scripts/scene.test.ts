import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeSplatPly } from '../src/formats/splats/write-ply.ts';
import { PROOF_SCENES } from '../src/gaussians/pairs/proof-scenes.test-helper.ts';
import { checkSample } from './check-sample/check.ts';
import { readSample } from './check-sample/read.ts';
import { runScript } from './node/command.test-helper.ts';
import { ROOT } from './node/tools.mjs';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'scene-'));
const file = join(folder, 'ball.ply');
const out = join(folder, 'out');

/** A command as a person runs it. */
const command = (script: string, args: readonly string[]) =>
  runScript(script, args).then(({ code, stdout, stderr }) => ({ code, text: code === 0 ? stdout + stderr : stderr }));
const scene = (...args: string[]) => command('scene.ts', args);

const filesOf = (path: string) =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(path, name)).isFile())
    .sort();

describe('npm run scene', () => {
  const args = ['--views', '2', '--size', '80x64', '--seed', '4'];

  beforeAll(() => writeFileSync(file, encodeSplatPly(PROOF_SCENES.coarseSphere().table)));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('writes pairs that an independent reader re-projects, and two shards that are the whole', async () => {
    const parts = join(folder, 'parts');
    const made = await Promise.all([
      scene(file, '--out', out, ...args),
      (async () => {
        await scene(file, '--out', parts, ...args, '--shard', '2/2');
        return scene(file, '--out', parts, ...args, '--shard', '1/2');
      })(),
    ]);
    expect(made[0]).toEqual({
      code: 0,
      text: expect.stringMatching(/^2 pairs of ball\.ply .*\nDepth by the rule plane/),
    });
    expect(made[1]).toEqual({ code: 0, text: expect.stringMatching(/^1 pairs/) });
    for (const name of ['ball_000', 'ball_001']) {
      const found = checkSample(readSample(out, name));
      expect(found.visible).toBeGreaterThan(100);
      expect(found.forward.max).toBeLessThan(0.05);
      expect(found.backward.max).toBeLessThan(0.05);
      // The coarse ball's outline cannot be trusted and has no depth.
      expect(found.depthAgrees).toBeGreaterThan(0.7);
    }
    expect(filesOf(parts)).toEqual(filesOf(out));
    for (const name of filesOf(out)) {
      expect(readFileSync(join(parts, name)).equals(readFileSync(join(out, name))), name).toBe(true);
    }
  }, 120_000);

  const hasNumpy = spawnSync('python3', ['-c', 'import numpy']).status === 0;
  it.runIf(hasNumpy)('is read by NumPy', async () => {
    const { stdout } = await run('python3', [join(ROOT, 'scripts/check_sample.py'), out]);
    expect(stdout).toMatch(/^ball_000: \d+ places, at most/);
  });

  it.each([
    [[], 0, /npm run scene/],
    [['--views', '2', '--out', 'x'], 1, /^No scene is named/],
    [[file, '--views', '2'], 1, /^--out DIR is missing/],
    [[file, '--views', '2', '--out', out, '--shard', '3/2'], 1, /^--shard must be a part/],
    [['nowhere.ply', '--views', '2', '--out', 'x'], 1, /^nowhere\.ply cannot be read\. Check its name/],
    [[join(ROOT, 'package.json'), '--views', '2', '--out', 'x'], 1, /^package\.json: It is a text file/],
    [[file, ...args, '--out', out, '--bins', 'angle'], 1, /made with other settings.*Choose an empty folder/],
  ])('%j: exits with %d and says why', async (wrong, code, message) => {
    const result = await scene(...wrong);
    expect(result.text).toMatch(message);
    expect(result.code).toBe(code);
  });
});
