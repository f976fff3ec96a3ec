import { open } from 'node:fs/promises';
import { float32ToBfloat16 } from '../../src/formats/arrays/half.ts';
import type { NamedShape } from '../../src/networks/published-shapes.ts';
import { ZipWriter } from '../../src/formats/archives/zip-writer.ts';
import type { RandomWeights } from './random-values.ts';
import type { PickledTensor } from './state-dict-pickle.ts';
import { pickleStateDict } from './state-dict-pickle.ts';

/**
 * Writes a torch.save archive tensor by tensor; the largest of them is all that is ever in memory. Returns its bytes.
 * @param isBfloat16 which tensors are stored in bfloat16
 */
export async function writeCheckpoint(
  path: string,
  shapes: readonly NamedShape[],
  random: RandomWeights,
  isBfloat16: (name: string) => boolean = () => false,
): Promise<number> {
  const tensors = shapes.map(
    ([name, shape], index): PickledTensor => ({
      name,
      shape,
      storage: storageOf(name, isBfloat16),
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
      const stored = storage === 'BFloat16Storage' ? float32ToBfloat16(values as Float32Array) : values;
      await zip.add(`archive/data/${key}`, new Uint8Array(stored.buffer));
    }
    await zip.add('archive/version', new TextEncoder().encode('3\n'));
    await zip.finish();
    return bytes;
  } finally {
    await file.close();
  }
}

function storageOf(name: string, isBfloat16: (name: string) => boolean): PickledTensor['storage'] {
  if (name.endsWith('num_batches_tracked') || name === 'matcher.scale') return 'LongStorage';
  return isBfloat16(name) ? 'BFloat16Storage' : 'FloatStorage';
}
