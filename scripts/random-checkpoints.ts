import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { matcherShapes, vitShapes } from '../src/networks/published-shapes.ts';
import { RandomWeights } from './random-checkpoints/random-values.ts';
import { writeCheckpoint } from './random-checkpoints/write-checkpoint.ts';

const HELP = `Writes random checkpoints with the names and shapes of L2M++ and its ViT-L, 1.7 GB together.

  npx tsx scripts/random-checkpoints.ts DIR

They match nothing, but convert and run at full size: what conversion needs in memory and time is measured on them.`;

async function main([folder]: readonly string[]): Promise<void> {
  if (folder === undefined) return console.log(HELP);
  await mkdir(folder, { recursive: true });
  const random = new RandomWeights(1);
  for (const [name, shapes] of [
    ['dinov2l_random.pth', vitShapes()],
    ['l2mpp_random.pth', matcherShapes()],
  ] as const) {
    const bytes = await writeCheckpoint(join(folder, name), shapes, random);
    console.log(`${join(folder, name)}: ${shapes.length} tensors, ${(bytes / 1e6).toFixed(1)} MB`);
  }
}

await main(process.argv.slice(2));
