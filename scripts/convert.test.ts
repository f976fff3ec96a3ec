import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runScript } from './node/command.test-helper.ts';
import { parseNetworkManifest } from '../src/models/network-manifest.ts';

const CHECKPOINT = fileURLToPath(new URL('../../shared/parity/vit-wrapped/checkpoint.pth', import.meta.url));

/** The command as a person runs it. */
const convert = (...args: string[]) => runScript('convert.ts', args);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'liftmatch-command-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('npm run convert', () => {
  const hasCheckpoint = existsSync(CHECKPOINT);
  if (!hasCheckpoint) console.warn(`Skipped: no checkpoint at ${CHECKPOINT}.`);

  it.runIf(hasCheckpoint)('writes a complete folder and says what it found', async () => {
    const out = join(folder, 'vit');
    const { code, stdout } = await convert(
      CHECKPOINT,
      '--heads',
      '3',
      '--size',
      '56x84',
      '--dtype',
      'q8',
      '--out',
      out,
    );
    expect(code).toBe(0);
    expect(stdout).toContain('48 channels, 3 blocks, 3 heads, MLP of 192');
    expect(stdout).toContain('checkpoint.pth: model.model.mask_token');
    expect(stdout).toMatch(/MB\/s of checkpoint, peak memory/);
    expect((await readdir(out)).sort()).toEqual(['encoder.data', 'encoder.onnx', 'manifest.json']);
    const manifest = parseNetworkManifest(JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8')), out);
    expect(manifest).toMatchObject({ rows: 4, columns: 6, input: { height: 56, width: 84 } });
  });

  it.runIf(hasCheckpoint)('--inspect prints the tensors and writes nothing', async () => {
    const { code, stdout } = await convert(CHECKPOINT, '--heads', '3', '--size', '70', '--inspect');
    expect(code).toBe(0);
    expect(stdout).toContain('model.model.blocks.2.attn.qkv.weight  float32[144, 48]');
    expect(stdout).toContain('Recognised: vit');
  });

  it('refuses a file that is no checkpoint, and a misspelt option, in one sentence each', async () => {
    const page = join(folder, 'model.pth');
    await writeFile(page, '<!doctype html><p>Sign in</p>');
    const refused = await convert(page, '--out', join(folder, 'nothing'));
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('model.pth is a web page, not a checkpoint'),
    });
    expect(refused.stderr).not.toContain('    at ');
    expect(await convert(page, '--dtype', 'int3', '--out', folder)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--dtype must be one of fp32'),
    });
  });
});
