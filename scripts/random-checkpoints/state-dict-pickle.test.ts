import { expect, it } from 'vitest';
import { bytesSource } from '../../src/formats/byte-source.ts';
import { openCheckpoint } from '../../src/formats/checkpoints/checkpoint.ts';
import { ZipWriter } from '../../src/formats/archives/zip-writer.ts';
import { RandomWeights } from './random-values.ts';
import { pickleStateDict } from './state-dict-pickle.ts';

it('what is written reads back as the same tensors', async () => {
  const weights = new RandomWeights(7).fill('conv.weight', [4, 3, 2, 2]);
  const chunks: Uint8Array[] = [];
  const zip = new ZipWriter((bytes) => void chunks.push(bytes));
  await zip.add(
    'archive/data.pkl',
    pickleStateDict([
      { name: 'conv.weight', shape: [4, 3, 2, 2], storage: 'FloatStorage', key: '0' },
      { name: 'norm.num_batches_tracked', shape: [], storage: 'LongStorage', key: '1' },
    ]),
  );
  await zip.add('archive/data/0', new Uint8Array(weights.buffer));
  await zip.add('archive/data/1', new Uint8Array(new BigInt64Array([1000n]).buffer));
  await zip.finish();

  const { tensors, notes } = await openCheckpoint(bytesSource(Buffer.concat(chunks)), 'random.pth');
  expect([...tensors.keys()]).toEqual(['conv.weight', 'norm.num_batches_tracked']);
  expect(tensors.get('conv.weight')).toMatchObject({ dtype: 'float32', shape: [4, 3, 2, 2] });
  expect(await tensors.get('conv.weight')!.readFloat32()).toEqual(weights);
  expect(tensors.get('norm.num_batches_tracked')).toMatchObject({ dtype: 'int64', shape: [] });
  expect([...(await tensors.get('norm.num_batches_tracked')!.readFloat32())]).toEqual([1000]);
  expect(notes).toEqual([]);
  // The bound of Kaiming initialisation for 12 inputs.
  expect(Math.max(...weights.map(Math.abs))).toBeLessThanOrEqual(Math.sqrt(6 / 12));
});
