import { describe, expect, it } from 'vitest';
import type { NetworkManifest } from './network-manifest.ts';
import { parseNetworkManifest } from './network-manifest.ts';

const MANIFEST: NetworkManifest = {
  schema: 'liftmatch-network/1',
  kind: 'depth',
  id: 'depth-small',
  name: 'Depth',
  licence: 'Apache-2.0',
  source: 'somewhere',
  input: { name: 'image', width: 518, height: 518, mean: [0, 0, 0], std: [1, 1, 1] },
  network: { file: 'depth.onnx', bytes: 10, sha256: '0'.repeat(64) },
  outputs: { depth: 'depth' },
  patch: 14,
  rows: 37,
  columns: 37,
  channels: 384,
};

describe('parseNetworkManifest', () => {
  it('accepts what conversion writes', () => {
    expect(parseNetworkManifest(JSON.parse(JSON.stringify(MANIFEST)), 'here')).toEqual(MANIFEST);
  });

  it.each<[string, unknown, RegExp]>([
    ['null', null, /must be an object/],
    ['another schema', { ...MANIFEST, schema: 'liftmatch-matcher/1' }, /schema/],
    ['another kind', { ...MANIFEST, kind: 'matcher' }, /kind/],
    ['no licence', { ...MANIFEST, licence: '' }, /licence/],
    ['half a patch', { ...MANIFEST, patch: 7.5 }, /patch/],
    ['no outputs', { ...MANIFEST, outputs: {} }, /outputs\.depth/],
    ['a divisor of zero', { ...MANIFEST, input: { ...MANIFEST.input, std: [1, 0, 1] } }, /input\.std/],
    [
      'a path that leaves the folder',
      { ...MANIFEST, network: { ...MANIFEST.network, file: '../x.onnx' } },
      /plain file names/,
    ],
    [
      'external data without a hash',
      { ...MANIFEST, network: { ...MANIFEST.network, externalData: [{ file: 'x', bytes: 1 }] } },
      /sha256/,
    ],
  ])('refuses %s by name', (_, json, message) => {
    expect(() => parseNetworkManifest(json, 'here')).toThrow(message);
  });
});
