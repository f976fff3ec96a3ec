import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import jpeg from 'jpeg-js';
import { npyOfFloat32 } from '../src/formats/arrays/npy.ts';
import { encodePng } from '../src/formats/images/png-writer.ts';
import { encodeCamerasJson } from '../src/formats/scene-cameras.ts';
import { encodeSceneSurfaces } from '../src/formats/scene-surfaces.ts';
import { encodeSpz } from '../src/formats/splats/write-spz.ts';
import { Bvh } from '../src/gaussians/truth/bvh.ts';
import { Camera } from './samples/camera.ts';
import { exactDisparity } from './samples/depth.ts';
import { makeSampleGaussians } from './samples/gaussians/scene.ts';
import { sampleCameras, sampleSurfaces } from './samples/gaussians/truth.ts';
import { compressedNpz } from './samples/npz.ts';
import type { Picture } from './samples/render.ts';
import { render } from './samples/render.ts';
import type { Sample } from './samples/scenes/index.ts';
import { SAMPLES } from './samples/scenes/index.ts';
import { exactWarp } from './samples/truth.ts';

/**
 * `npm run samples`: renders the gallery's photo pairs and writes them with their exact warps to public/samples, and the
 * sample scene of Gaussians with its cameras. `--only ID` makes one of them (`gaussians` is the scene), `--truth` only
 * warps and disparity; the index always lists all. The matches that come with them are recorded afterwards, by
 * scripts/record-samples.ts.
 */
const WIDTH = 640;
const HEIGHT = 480;
/** Samples of a pixel, along each side. */
const GRID = 3;
/** The truth is kept for every fourth pixel. */
const TRUTH_STEP = 4;
/** The gallery is the first thing that a visitor loads. */
const MAX_PHOTO_BYTES = 90_000;
/** Loaded only when a sample is lifted. */
const MAX_DEPTH_BYTES = 150_000;
const SCENE_ID = 'gaussians';
/** Coordinates to 1/16 mm, the scene being two metres wide. */
const SCENE_FRACTIONAL_BITS = 14;
const CREDIT = 'Rendered by scripts/samples.ts of this project; MIT licence.';

const { values } = parseArgs({
  options: { only: { type: 'string' }, truth: { type: 'boolean' }, out: { type: 'string', default: 'public/samples' } },
});
const out = values.out;

for (const sample of SAMPLES) {
  if (values.only && values.only !== sample.id) continue;
  const began = Date.now();
  mkdirSync(join(out, sample.id), { recursive: true });
  if (!values.truth) writePhotos(sample);
  if (sample.related) writeTruth(sample);
  await writeDepth(sample);
  console.log(`${sample.id}: ${((Date.now() - began) / 1000).toFixed(0)} s`);
}
if (values.only ? values.only === SCENE_ID : !values.truth) await writeScene();
writeFileSync(join(out, 'index.json'), `${JSON.stringify(SAMPLES.map(entry), null, 2)}\n`);
writeFileSync(join(out, 'pairs.json'), `${JSON.stringify(SAMPLES.map(evaluationPair), null, 1)}\n`);

/** The scene of Gaussians, cameras to look at it from, and the surfaces that it was made from. */
async function writeScene(): Promise<void> {
  const folder = join(out, SCENE_ID);
  mkdirSync(folder, { recursive: true });
  const file = await encodeSpz(makeSampleGaussians(), { fractionalBits: SCENE_FRACTIONAL_BITS });
  writeFileSync(join(folder, 'kitchen-table.spz'), file);
  const cameras = sampleCameras(WIDTH, HEIGHT).map(({ name, camera }) => ({ ...camera, name }));
  writeFileSync(join(folder, 'cameras.json'), encodeCamerasJson(cameras));
  writeFileSync(join(folder, 'surfaces.json'), encodeSceneSurfaces(sampleSurfaces()));
}

function entry({ id, title, description, related }: Sample) {
  const truth = related ? `${id}/truth.npz` : null;
  const files = { a: `${id}/a.jpg`, b: `${id}/b.jpg`, truth, depth: `${id}/disparity-a.png`, match: `${id}/match.zip` };
  return { id, title, description, ...files, credit: CREDIT };
}

/** The pair as `npm run evaluate` reads it. */
function evaluationPair({ id, a, b, related }: Sample) {
  const pair = { name: id, scene: id, kind: related ? 'warp' : 'unrelated', a: `${id}/a.jpg`, b: `${id}/b.jpg` };
  if (!related) return pair;
  const [cameraA, cameraB] = [new Camera(a.pose, WIDTH, HEIGHT), new Camera(b.pose, WIDTH, HEIGHT)];
  return {
    ...pair,
    truth: `${id}/truth.npz`,
    K0: cameraA.intrinsics(),
    K1: cameraB.intrinsics(),
    T: cameraA.poseTo(cameraB),
  };
}

function writePhotos({ id, a, b }: Sample): void {
  for (const [name, { scene, pose }] of Object.entries({ a, b })) {
    writeFileSync(join(out, id, `${name}.jpg`), encodePhoto(render(scene(), pose, WIDTH, HEIGHT, GRID)));
  }
}

function writeTruth({ id, a, b }: Sample): void {
  const bvh = new Bvh(a.scene().primitives);
  const [cameraA, cameraB] = [new Camera(a.pose, WIDTH, HEIGHT), new Camera(b.pose, WIDTH, HEIGHT)];
  const truth = exactWarp(bvh, cameraA, cameraB, WIDTH / TRUTH_STEP, HEIGHT / TRUTH_STEP);
  const arrays = {
    warp: npyOfFloat32(truth.warp, [2, truth.height, truth.width]),
    visible: { dtype: 'uint8', shape: [truth.height, truth.width], bytes: truth.visible } as const,
    K_a: npyOfFloat32(new Float32Array(cameraA.intrinsics()), [3, 3]),
    K_b: npyOfFloat32(new Float32Array(cameraB.intrinsics()), [3, 3]),
    pose_ab: npyOfFloat32(new Float32Array(cameraA.poseTo(cameraB)), [3, 4]),
  };
  writeFileSync(join(out, id, 'truth.npz'), compressedNpz(arrays));
}

/** Exact disparity of photo A, with as many steps as the limit allows. */
async function writeDepth({ id, a }: Sample): Promise<void> {
  const bvh = new Bvh(a.scene().primitives);
  const camera = new Camera(a.pose, WIDTH, HEIGHT);
  for (let levels = 2 ** 16; ; levels /= 2) {
    const samples = exactDisparity(bvh, camera, levels);
    const file = await encodePng({ width: WIDTH, height: HEIGHT, channels: 1, samples });
    if (file.length > MAX_DEPTH_BYTES) continue;
    writeFileSync(join(out, id, 'disparity-a.png'), file);
    return;
  }
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
