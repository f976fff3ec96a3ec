import { open } from 'node:fs/promises';
import type { NamedShape } from '../../src/networks/published-shapes.ts';
import { ZipWriter } from '../../src/formats/archives/zip-writer.ts';
import type { RandomWeights } from './random-values.ts';
import type { PickledTensor } from './state-dict-pickle.ts';
import { pickleStateDict } from './state-dict-pickle.ts';

/** Writes a torch.save archive tensor by tensor; the largest of them is all that is ever in memory. Returns its bytes. */
export async function writeCheckpoint(
  path: string,
  shapes: readonly NamedShape[],
  random: RandomWeights,
): Promise<number> {
  const tensors = shapes.map(
    ([name, shape], index): PickledTensor => ({
      name,
      shape,
      storage: name.endsWith('num_batches_tracked') ? 'LongStorage' : 'FloatStorage',
      key: String(index),
    }),
  );
  const file = await open(path, 'w');
  try {
    let bytes = 0;
    const zip = new ZipWriter(async (chunk) => {
      await file.writeFile(chunk);
      bytes += chunk.byteLength;
    });
    await zip.add('archive/data.pkl', pickleStateDict(tensors));
    for (const { name, shape, storage, key } of tensors) {
      const values = storage === 'LongStorage' ? new BigInt64Array([1000n]) : random.fill(name, shape);
      await zip.add(`archive/data/${key}`, new Uint8Array(values.buffer));
    }
    await zip.add('archive/version', new TextEncoder().encode('3\n'));
    await zip.finish();
    return bytes;
  } finally {
    await file.close();
  }
}
