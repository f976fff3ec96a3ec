import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeSplatPly } from '../src/formats/splats/write-ply.ts';
import { PROOF_SCENES } from '../src/gaussians/pairs/proof-scenes.test-helper.ts';
import { CodedError } from '../src/core/errors.ts';
import { checkSample } from './check-sample/check.ts';
import { readSample } from './check-sample/read.ts';
import { runScript } from './node/command.test-helper.ts';
import { ROOT } from './node/tools.mjs';
import { main } from './scene.ts';

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

  it('exits with 1 and says why', async () => {
    expect(await scene('nowhere.ply', '--views', '2', '--out', 'x')).toEqual({
      code: 1,
      text: expect.stringMatching(/^nowhere\.ply cannot be read\. Check its name/),
    });
  });

  it.each([
    [['--views', '2', '--out', 'x'], /^No scene is named/],
    [[file, '--views', '2'], /^--out DIR is missing/],
    [[file, '--views', '2', '--out', out, '--shard', '3/2'], /^--shard must be a part/],
    [[join(ROOT, 'package.json'), '--views', '2', '--out', 'x'], /^package\.json: It is a text file/],
    [[file, ...args, '--out', out, '--bins', 'angle'], /made with other settings.*Choose an empty folder/],
    [[file, ...args, '--out', out, '--depth', 'rayMedian'], /made with other settings/],
    [[file, ...args, '--out', out, '--depth', 'near'], /^--depth must be/],
  ])('%j: is refused, and says why', async (wrong, message) => {
    // In this process: what a command's refusal looks like is told above.
    const thrown: unknown = await main(wrong).catch((error: unknown) => error);
    if (!(thrown instanceof CodedError)) throw thrown;
    expect(`${thrown.message} ${thrown.remedy}`).toMatch(message);
  });
});
