import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { depthsplatShapes } from '../src/networks/depthsplat/published-shapes.ts';
import { DINOV3_SIZES, dinov3Shapes } from '../src/networks/dinov3/published-shapes.ts';
import { depthAnythingShapes } from '../src/networks/dpt/published-shapes.ts';
import { eloftrShapes } from '../src/networks/eloftr/published-shapes.ts';
import { lighterGlueShapes } from '../src/networks/lighterglue/published-shapes.ts';
import { loftrShapes } from '../src/networks/loftr/published-shapes.ts';
import type { NamedShape } from '../src/networks/published-shapes.ts';
import { matcherShapes, vitShapes } from '../src/networks/published-shapes.ts';
import { isBfloat16, romav2Shapes } from '../src/networks/romav2/published-shapes.ts';
import { tinyRomaShapes } from '../src/networks/tiny-roma/published-shapes.ts';
import { xfeatShapes } from '../src/networks/xfeat/published-shapes.ts';
import { RandomWeights } from './random-checkpoints/random-values.ts';
import { writeCheckpoint } from './random-checkpoints/write-checkpoint.ts';

interface Published {
  readonly file: string;
  readonly shapes: () => readonly NamedShape[];
  readonly isBfloat16?: (name: string) => boolean;
}

const NETWORKS: Readonly<Record<string, readonly Published[]>> = {
  l2mpp: [
    { file: 'dinov2l_random.pth', shapes: vitShapes },
    { file: 'l2mpp_random.pth', shapes: matcherShapes },
  ],
  'dinov2-b': [{ file: 'dinov2_b_random.pth', shapes: () => vitShapes({ embedDim: 768, depth: 12 }) }],
  eloftr: [{ file: 'eloftr_random.ckpt', shapes: eloftrShapes }],
  loftr: [{ file: 'loftr_random.ckpt', shapes: loftrShapes }],
  xfeat: [{ file: 'xfeat_random.pt', shapes: xfeatShapes }],
  lighterglue: [
    { file: 'lighterglue_random.pt', shapes: lighterGlueShapes },
    { file: 'xfeat_random.pt', shapes: xfeatShapes },
  ],
  'depth-anything': [{ file: 'depth_anything_random.pth', shapes: () => depthAnythingShapes() }],
  'tiny-roma': [{ file: 'tiny_roma_random.pth', shapes: tinyRomaShapes }],
  romav2: [{ file: 'romav2_random.pt', shapes: romav2Shapes, isBfloat16 }],
  depthsplat: [
    {
      file: 'depthsplat_random.pth',
      shapes: () =>
        depthsplatShapes({ scales: 1, lowest: 4, vit: 'S' }).map(
          ([name, shape]) => [`encoder.${name}`, shape] as const,
        ),
    },
  ],
  ...Object.fromEntries(
    Object.entries(DINOV3_SIZES).map(([name, size]) => [
      `dinov3-${name.toLowerCase().replace('+', '-plus')}`,
      [{ file: `dinov3_${name.toLowerCase()}_random.pth`, shapes: () => dinov3Shapes(size) }],
    ]),
  ),
};

const HELP = `Writes random checkpoints with the names, shapes and types of published ones.

  npx tsx scripts/random-checkpoints.ts DIR [NETWORK…]

Networks: ${Object.keys(NETWORKS).join(', ')}; l2mpp (1.7 GB with its ViT) unless named.
They match nothing, but convert and run at full size: what conversion needs in memory and time is measured on them.`;

async function main([folder, ...names]: readonly string[]): Promise<void> {
  if (folder === undefined || folder.startsWith('-')) return console.log(HELP);
  const unknown = names.filter((name) => !Object.hasOwn(NETWORKS, name));
  if (unknown.length > 0)
    throw new Error(`No network is called ${unknown.join(', ')}; there are: ${Object.keys(NETWORKS).join(', ')}.`);
  await mkdir(folder, { recursive: true });
  const random = new RandomWeights(1);
  for (const { file, shapes, isBfloat16: halved } of (names.length ? names : ['l2mpp']).flatMap((n) => NETWORKS[n])) {
    const bytes = await writeCheckpoint(join(folder, file), shapes(), random, halved);
    console.log(`${join(folder, file)}: ${shapes().length} tensors, ${(bytes / 1e6).toFixed(1)} MB`);
  }
}

await main(process.argv.slice(2));
