import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import jpeg from 'jpeg-js';
import { Bvh } from './samples/bvh.ts';
import { Camera } from './samples/camera.ts';
import { encodeNpz } from './samples/npz.ts';
import type { Picture } from './samples/render.ts';
import { render } from './samples/render.ts';
import type { Sample } from './samples/scenes/index.ts';
import { SAMPLES } from './samples/scenes/index.ts';
import { exactWarp } from './samples/truth.ts';

/**
 * `npm run samples`: renders the gallery's photo pairs and writes them with their exact warps to public/samples.
 * `--only ID` renders one of them; the index always lists all.
 */
const WIDTH = 640;
const HEIGHT = 480;
/** Samples of a pixel, along each side. */
const GRID = 3;
/** The truth is kept for every fourth pixel. */
const TRUTH_STEP = 4;
/** The gallery is the first thing that a visitor loads. */
const MAX_PHOTO_BYTES = 90_000;
const CREDIT = 'Rendered by scripts/samples.ts of this project; MIT licence.';

const { values } = parseArgs({
  options: { only: { type: 'string' }, out: { type: 'string', default: 'public/samples' } },
});
const out = values.out;

for (const sample of SAMPLES) {
  if (values.only && values.only !== sample.id) continue;
  const began = Date.now();
  writeSample(sample);
  console.log(`${sample.id}: ${((Date.now() - began) / 1000).toFixed(0)} s`);
}
writeFileSync(join(out, 'index.json'), `${JSON.stringify(SAMPLES.map(entry), null, 2)}\n`);

function entry({ id, title, description, related }: Sample) {
  const truth = related ? `${id}/truth.npz` : null;
  return { id, title, description, a: `${id}/a.jpg`, b: `${id}/b.jpg`, truth, credit: CREDIT };
}

function writeSample({ id, a, b, related }: Sample): void {
  mkdirSync(join(out, id), { recursive: true });
  const sceneA = a.scene();
  const bvh = new Bvh(sceneA.primitives);
  writeFileSync(join(out, id, 'a.jpg'), encodePhoto(render(sceneA, a.pose, WIDTH, HEIGHT, GRID, bvh)));
  writeFileSync(join(out, id, 'b.jpg'), encodePhoto(render(b.scene(), b.pose, WIDTH, HEIGHT, GRID)));
  if (!related) return;
  const [cameraA, cameraB] = [new Camera(a.pose, WIDTH, HEIGHT), new Camera(b.pose, WIDTH, HEIGHT)];
  const truth = exactWarp(bvh, cameraA, cameraB, WIDTH / TRUTH_STEP, HEIGHT / TRUTH_STEP);
  const arrays = {
    warp: { shape: [2, truth.height, truth.width], data: truth.warp },
    visible: { shape: [truth.height, truth.width], data: truth.visible },
    K_a: { shape: [3, 3], data: new Float32Array(cameraA.intrinsics()) },
    K_b: { shape: [3, 3], data: new Float32Array(cameraB.intrinsics()) },
    pose_ab: { shape: [3, 4], data: new Float32Array(cameraA.poseTo(cameraB)) },
  };
  writeFileSync(join(out, id, 'truth.npz'), encodeNpz(arrays));
}

/** The best JPEG quality that stays within the limit. */
function encodePhoto({ width, height, rgb }: Picture): Buffer {
  const data = Buffer.alloc(4 * width * height, 255);
  for (let p = 0; p < width * height; p++) data.set(rgb.subarray(3 * p, 3 * p + 3), 4 * p);
  for (let quality = 92; ; quality -= 2) {
    const { data: file } = jpeg.encode({ width, height, data }, quality);
    if (file.length <= MAX_PHOTO_BYTES || quality <= 40) return file;
  }
}
