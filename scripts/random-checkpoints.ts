import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { NamedShape } from '../src/architectures/published-shapes.ts';
import { matcherShapes, vitShapes } from '../src/architectures/published-shapes.ts';
import { ZipWriter } from '../src/formats/zip-writer.ts';
import { RandomWeights } from './random-checkpoints/random-values.ts';
import type { PickledTensor } from './random-checkpoints/state-dict-pickle.ts';
import { pickleStateDict } from './random-checkpoints/state-dict-pickle.ts';

const HELP = `Writes random checkpoints with the names and shapes of L2M++ and its ViT-L, 1.7 GB together.

  npx tsx scripts/random-checkpoints.ts DIR

They match nothing, but convert and run at full size: what conversion needs in memory and time is measured on them.`;

/** Writes a torch.save archive tensor by tensor; the largest of them is all that is ever in memory. */
async function writeCheckpoint(path: string, shapes: readonly NamedShape[], random: RandomWeights): Promise<number> {
  const tensors = shapes.map(([name, shape], index): PickledTensor => ({
    name,
    shape,
    storage: name.endsWith('num_batches_tracked') ? 'LongStorage' : 'FloatStorage',
    key: String(index),
  }));
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

async function main([folder]: readonly string[]): Promise<void> {
  if (folder === undefined) return console.log(HELP);
  await mkdir(folder, { recursive: true });
  const random = new RandomWeights(1);
  for (const [name, shapes] of [['dinov2l_random.pth', vitShapes()], ['l2mpp_random.pth', matcherShapes()]] as const) {
    const bytes = await writeCheckpoint(join(folder, name), shapes, random);
    console.log(`${join(folder, name)}: ${shapes.length} tensors, ${(bytes / 1e6).toFixed(1)} MB`);
  }
}

await main(process.argv.slice(2));
