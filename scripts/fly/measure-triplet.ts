import type { PlainMatchField } from '../../src/compute/field/cpu.ts';
import type { Pixels } from '../../src/compute/preprocess/cpu.ts';
import { sampleMatches } from '../../src/compute/sample-matches/cpu.ts';
import { activate } from '../../src/gaussians/activate.ts';
import { cameraCentre, type SplatCamera } from '../../src/gaussians/camera.ts';
import { renderSplats } from '../../src/gaussians/raster/render.ts';
import type { Abstention } from '../../src/gaussians/two-view/abstain.ts';
import { buildTwoViewScene, type TwoViewInput, type TwoViewScene } from '../../src/gaussians/two-view/build.ts';
import { fadedOpacities, flyCamera } from '../../src/gaussians/two-view/path.ts';
import { DEFAULT_FIT, DEFAULT_VIEW } from '../../src/pages/match/params.ts';
import { depthPrior, PRIOR_SIDE } from '../../src/matching/monocular/depth-prior.ts';
import { sceneAbstention } from '../../src/pages/match/worker/fly/scene-abstention.ts';
import { fitMatch } from '../../src/pages/match/worker/geometry/fit-match.ts';
import { verdictOf } from '../../src/matching/verdict.ts';
import { NO_RESCUE } from '../../src/core/match.ts';
import { averaged } from '../../src/matching/photos/averaged.ts';
import { judge } from '../../src/matching/judged.ts';
import { refine } from '../../src/matching/refine.ts';
import { toSubpixel } from '../../src/matching/search/subpixel.ts';
import type { NodeMatcher } from '../node/match-pair.ts';
import { morph, sample } from './morph.ts';
import { psnr, ssim } from './picture-measures.ts';
import { refineCameras, refinedInput } from '../../src/gaussians/gradient/refine-cameras.ts';
import { register } from './register.ts';
import type { Triplet } from './triplets.ts';

export interface PictureMeasure {
  psnr: number;
  ssim: number;
}

export interface TripletResult {
  name: string;
  kind: Triplet['kind'];
  abstained: Abstention | null;
  /** Share of the hidden photo that the scene covers, of what is known of it. */
  coverage: number;
  splats: PictureMeasure;
  crossFade: PictureMeasure;
  morph: PictureMeasure;
  /** Milliseconds from a fitted match to the scene. */
  build: number;
  /** Where on the path the hidden photo was taken. */
  at: number;
}

/** Nobody waits for it, and nobody stops it. */
export const QUIET = { signal: new AbortController().signal, onProgress: () => {} };

let opened = 0;
const cpuPhoto = (pixels: Pixels) => ({
  key: `triplet-${++opened}`,
  size: { width: pixels.width, height: pixels.height },
  pixels: () => pixels,
});

export async function matchPixels(matcher: NodeMatcher, a: Pixels, b: Pixels, rescue: boolean) {
  const photos = { a: cpuPhoto(a), b: cpuPhoto(b) };
  const first = await judge(matcher, await matcher.match(photos, { longSide: { a: null, b: null }, frame: null }));
  const found = rescue
    ? await toSubpixel(matcher, photos, await refine(matcher, photos, null, first))
    : { ...first, rescue: NO_RESCUE };
  return {
    fields: found.field,
    verdict: verdictOf(found.statistics, matcher.matcher.manifest.verdict, { ...found.rescue, isMasked: false }),
  };
}

export async function fitCameras(
  fields: PlainMatchField,
  focal: Record<'a' | 'b', number | null>,
  verdict: 'good' | 'partial' | 'none',
) {
  const request = {
    settings: { ...DEFAULT_FIT, model: 'essential' as const },
    certainty: DEFAULT_VIEW.threshold,
    cycleLimit: 0,
  };
  return fitMatch(
    request,
    {
      photos: { a: fields.a.photo, b: fields.b.photo },
      exifFocal: focal,
      verdict,
      sample: async (options) => sampleMatches(fields, options).rows,
      readField: async (side) => fields[side],
    },
    QUIET,
  );
}

/** Ways of making a scene that the page does not offer, because hidden views did not gain by them. */
export interface Experiment {
  /** With the lift studio's guess of depth and sky as the monocular map. */
  isGuessed?: boolean;
  /** Cameras are refined through the rasteriser by this many steps first. */
  steps?: number;
}

/** Matches A and B, makes their scene, and compares three pictures from the hidden photo's place with it. */
export async function measureTriplet(
  matcher: NodeMatcher,
  triplet: Triplet,
  experiment: Experiment = {},
): Promise<TripletResult> {
  const { photos } = triplet;
  const { fields, verdict } = await matchPixels(matcher, photos.a, photos.b, true);
  const toM = await matchPixels(matcher, photos.a, photos.m, false);
  return judgeTriplet(triplet, fields, verdict.kind, toM.fields, experiment);
}

export async function judgeTriplet(
  { photos, focal, known, name, kind }: Triplet,
  fields: PlainMatchField,
  verdict: 'good' | 'partial' | 'none',
  toM: PlainMatchField,
  { isGuessed = false, steps = 0 }: Experiment = {},
): Promise<TripletResult> {
  const fitted = await fitCameras(fields, focal, verdict);
  const cameras = fitted.result.cameras!;
  const abstained = await sceneAbstention(fitted, verdict, QUIET);
  const started = performance.now();
  const guess = isGuessed ? { a: await guessedDepth(photos.a), b: await guessedDepth(photos.b) } : null;
  const photo = (side: 'a' | 'b') => ({
    pixels: photos[side],
    photo: fields[side].photo,
    field: fields[side],
    focal: [focal[side] / photos[side].width, focal[side] / photos[side].height] as const,
    prior: null,
    sky: null,
    ...guess?.[side],
  });
  const given: TwoViewInput = {
    photos: { a: photo('a'), b: photo('b') },
    pose: { rotation: cameras.rotation, translation: cameras.translation },
  };
  const scene = buildTwoViewScene(steps && !abstained ? refinedInput(given, await refineCameras(given, steps)) : given);
  const build = performance.now() - started;
  const size = { width: photos.m.width, height: photos.m.height };
  const start: SplatCamera = { ...flyCamera(scene, { at: 0.5, yaw: 0, pitch: 0 }, size), fx: focal.m, fy: focal.m };
  const camera = register(scene, toM.a, start, scene.counts.a);
  const at = placeOnPath(scene, camera);
  const active = activate(scene.table);
  const maps = renderSplats({ ...active, opacities: fadedOpacities(active.opacities, scene.fade, at) }, camera, {
    colourOnly: true,
  });
  const points = size.width * size.height;
  const splats = new Float32Array(3 * points);
  const mask = new Uint8Array(points);
  let [covered, all] = [0, 0];
  for (let i = 0; i < points; i++) {
    if (known && !known[i]) continue;
    all++;
    const alpha = maps.alpha[i];
    if (alpha < 0.5) continue;
    covered++;
    mask[i] = 1;
    for (let c = 0; c < 3; c++) splats[3 * i + c] = Math.min(1, maps.colour[c * points + i] / alpha);
  }
  const truth = planes(photos.m);
  const measure = (picture: Float32Array): PictureMeasure => ({
    psnr: psnr(picture, truth, mask),
    ssim: ssim(picture, truth, mask, size),
  });
  const [a, b] = [resampled(photos.a, size), resampled(photos.b, size)];
  const best = (pictures: Float32Array[]) => pictures.map(measure).reduce((x, y) => (y.psnr > x.psnr ? y : x));
  // Both are given the best place on their way: they have no camera to be put at the hidden one's.
  const shares = [at, 0.4, 0.5, 0.6].map((share) => Math.min(1, Math.max(0, share)));
  const crossFades = shares.map((share) => a.map((value, i) => value + share * (b[i] - value)));
  return {
    name,
    kind,
    abstained,
    coverage: covered / Math.max(1, all),
    splats: measure(splats),
    crossFade: best(crossFades),
    morph: best(shares.map((share, k) => morph(fields, photos, share, size, crossFades[k]))),
    build,
    at,
  };
}

/** What the lift studio guesses from one photo, as the page takes it. */
async function guessedDepth(pixels: Pixels) {
  const scale = Math.min(1, PRIOR_SIDE / Math.max(pixels.width, pixels.height));
  const size = { width: Math.round(pixels.width * scale), height: Math.round(pixels.height * scale) };
  const { signal } = new AbortController();
  const network = { depth: () => Promise.reject(new Error('No network is asked for.')) };
  const found = await depthPrior({ kind: 'estimate' }, averaged(pixels, size), () => pixels, network, {
    signal,
    onNetwork: () => {},
  });
  const { depth, sky } = found;
  return { prior: { map: depth.values, size: depth.size }, sky: { map: sky.values, size: sky.size } };
}

/** Share of the way from A's camera to B's that lies nearest to a camera. */
function placeOnPath({ cameras }: TwoViewScene, camera: SplatCamera): number {
  const [from, to, here] = [cameras.a, cameras.b, camera].map(cameraCentre);
  const way = to.map((value, k) => value - from[k]);
  const dot = way.reduce((sum, value, k) => sum + value * (here[k] - from[k]), 0);
  return dot / way.reduce((sum, value) => sum + value * value, 0);
}

function planes({ data, width, height }: Pixels): Float32Array {
  const out = new Float32Array(3 * width * height);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) out[3 * i + c] = data[4 * i + c] / 255;
  return out;
}

/** [h, w, 3] bilinear at another size. */
function resampled(pixels: Pixels, { width, height }: { width: number; height: number }): Float32Array {
  const out = new Float32Array(3 * width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++, at++) out[at] = sample(pixels, (x + 0.5) / width, (y + 0.5) / height, c);
    }
  }
  return out;
}
