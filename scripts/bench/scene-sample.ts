import { readFileSync } from 'node:fs';
import { bytesSource } from '../../src/formats/byte-source.ts';
import { readSceneCameras } from '../../src/formats/scene-cameras.ts';
import { readSceneSurfaces } from '../../src/formats/scene-surfaces.ts';
import { readSplats } from '../../src/formats/splats/index.ts';
import { activate } from '../../src/gaussians/activate.ts';
import type { SplatCamera } from '../../src/gaussians/camera.ts';
import { PairDrawer } from '../../src/gaussians/pairs/draw-pairs.ts';
import { pairOf } from '../../src/gaussians/pairs/scene-pair.ts';
import { camerasAtSize, PAIR_BINS } from '../../src/gaussians/pairs/views.ts';
import { renderSplats } from '../../src/gaussians/raster/render.ts';
import { TrueSurfaces } from '../../src/gaussians/truth/true-surfaces.ts';

const SEEDS = [1, 2];

/** End-point errors of drawn pairs of the sample scene, of every bin, against the surfaces that it was made from. */
export async function measureSample(width: number, height: number): Promise<void> {
  const folder = new URL('../../public/samples/gaussians/', import.meta.url);
  const text = (name: string) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') });
  const bytes = new Uint8Array(readFileSync(new URL('kitchen-table.spz', folder)));
  const { table } = await readSplats(bytesSource(bytes), 'kitchen-table.spz', { maxGaussians: 300_000 });
  const surfaces = new TrueSurfaces(readSceneSurfaces(text('surfaces.json')));
  const cameras = camerasAtSize(readSceneCameras([text('cameras.json')]).cameras, width, height);
  const gaussians = activate(table);
  const render = (camera: SplatCamera) => renderSplats(gaussians, camera);
  console.log(`the sample scene at ${width}×${height}\nbin          seed  median    p95     p99  kept`);
  for (const bins of ['overlap', 'angle'] as const) {
    for (const seed of SEEDS) {
      const drawer = new PairDrawer(cameras, render, { seed, bins, rule: 'plane' });
      for (const [k, [low, high]] of PAIR_BINS[bins].entries()) {
        const drawn = await drawer.draw(k);
        if (!drawn) continue;
        const view = (camera: SplatCamera) => ({ camera, maps: render(camera) });
        const { labels, measures } = pairOf(view(drawn.a), view(drawn.b), 'plane').a;
        const errors = surfaces.errorsOf(drawn.a, drawn.b, labels).sort();
        const at = (share: number) => errors[Math.floor(share * errors.length)].toFixed(3).padStart(7);
        console.log(
          `${bins} ${low}–${high}${drawn.isInBin ? '' : ' (not in it)'}`.padEnd(14),
          ...[seed, at(0.5), at(0.95), at(0.99), measures.shares.visible.toFixed(3)],
        );
      }
    }
  }
}
