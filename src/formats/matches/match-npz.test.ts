import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../byte-source.ts';
import { field, METADATA, TABLE } from './exported-match.test-helper.ts';
import { writeMatchNpz } from './match-npz.ts';
import { npyFloat32 } from '../arrays/npy.ts';
import { openNpz } from '../arrays/npz.ts';
import { askPython, pythonWith } from './python.test-helper.ts';

const FIELDS = { a: field(5, 4, 0), b: field(3, 2, 100) };
const numpy = pythonWith('numpy');

async function encoded(): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  await writeMatchNpz((bytes) => void parts.push(bytes), FIELDS, TABLE, METADATA);
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

describe('match as npz', () => {
  it('comes back bit by bit, both directions', async () => {
    const npz = await openNpz(bytesSource(await encoded()));
    for (const [side, direction] of [
      ['a', 'a_to_b'],
      ['b', 'b_to_a'],
    ] as const) {
      const { grid, warp, certainty, cycle } = FIELDS[side];
      const read = async (name: string) => npz.read(`${name}_${direction}`);
      expect((await read('warp')).shape).toEqual([2, grid.height, grid.width]);
      expect(npyFloat32(await read('warp'))).toEqual(warp);
      expect(npyFloat32(await read('certainty'))).toEqual(certainty);
      expect(npyFloat32(await read('cycle'))).toEqual(cycle);
    }
    expect(npyFloat32(await npz.read('matches'))).toEqual(TABLE.rows);
  });

  it('holds covariances where they are known', async () => {
    const covariance = { inB: Uint8Array.of(1, 0), values: Float32Array.of(2, 0.5, 3, 4, 0, 5) };
    const parts: Uint8Array<ArrayBuffer>[] = [];
    await writeMatchNpz((bytes) => void parts.push(bytes), FIELDS, { ...TABLE, covariance }, METADATA);
    const npz = await openNpz(bytesSource(new Uint8Array(await new Blob(parts).arrayBuffer())));
    const stored = await npz.read('covariance');
    expect(stored.shape).toEqual([2, 3]);
    expect(npyFloat32(stored)).toEqual(covariance.values);
    expect([...(await npz.read('covariance_in_b')).bytes]).toEqual([1, 0]);
  });

  it.runIf(numpy)('is read by numpy', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'liftmatch-npz-'));
    try {
      const path = join(folder, 'match.npz');
      writeFileSync(path, await encoded());
      const script = `
import json, sys, numpy
npz = numpy.load(sys.argv[1], allow_pickle=False)
print(json.dumps({
  'arrays': {name: [str(npz[name].dtype), list(npz[name].shape)] for name in npz.files if name != 'metadata.json'},
  'warp': npz['warp_a_to_b'].astype(float).ravel().tolist(),
  'size_b': npz['size_b'].tolist(),
  'metadata': json.loads(npz['metadata.json']),
}))`;
      const told = askPython(numpy!, script, path) as Record<string, unknown>;
      expect(told.arrays).toEqual({
        warp_a_to_b: ['float32', [2, 4, 5]],
        certainty_a_to_b: ['float32', [4, 5]],
        cycle_a_to_b: ['float32', [4, 5]],
        warp_b_to_a: ['float32', [2, 2, 3]],
        certainty_b_to_a: ['float32', [2, 3]],
        cycle_b_to_a: ['float32', [2, 3]],
        matches: ['float32', [2, 5]],
        size_a: ['int32', [2]],
        size_b: ['int32', [2]],
      });
      expect(told.warp).toEqual([...FIELDS.a.warp]);
      expect(told.size_b).toEqual([320, 200]);
      expect(told.metadata).toMatchObject({
        model: 'Test model',
        matches: expect.stringContaining('(0.5, 0.5)') as string,
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
