import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Pixels } from '../../src/compute/preprocess/cpu.ts';
import { CodedError } from '../../src/core/errors.ts';
import type { Vector3 } from '../../src/core/rotation.ts';
import { blobSource } from '../../src/formats/byte-source.ts';
import { readSplats } from '../../src/formats/splats/index.ts';
import { activate } from '../../src/gaussians/activate.ts';
import { lookAt, relativePose, type SplatCamera, translationAt } from '../../src/gaussians/camera.ts';
import { chooseDepthRule, trustedDepth } from '../../src/gaussians/pairs/depth-rule.ts';
import { labelSide, STATE } from '../../src/gaussians/pairs/labels.ts';
import { renderSplats } from '../../src/gaussians/raster/render.ts';
import { type SceneStatistics, sceneStatistics } from '../../src/gaussians/statistics.ts';
import { drawL2mView } from '../../src/geometry/lift/camera.ts';
import { seededRandom } from '../../src/geometry/random.ts';
import { liftScene, renderFrame } from '../../src/pages/lift/worker/drawing/cpu-frame.ts';
import type { PlainFrame } from '../../src/pages/lift/worker/drawing/frame.ts';
import { DEFAULT_LIFT } from '../../src/pages/lift/contract/settings.ts';
import type { LiftSettings } from '../../src/pages/lift/contract/settings.ts';
import { liftMaker } from '../node/lift-maker.ts';
import { FilePhoto } from '../node/photo.ts';
import { makesScene, type TrueFacts, trueFacts } from './true-facts.ts';

/** Two photos that a scene is made of, and a third from between that it never sees. */
export interface Triplet {
  name: string;
  kind: 'real' | 'lifted' | 'splats';
  photos: Record<'a' | 'b' | 'm', Pixels>;
  /** Focal lengths, pixels of each. */
  focal: Record<'a' | 'b' | 'm', number>;
  /** [h, w] of m, 1 where it shows something; null: everywhere. */
  known: Uint8Array | null;
  /** What is true of A and B, and of A and the hidden one; null where nobody made the views. */
  truth: Record<'b' | 'm', TrueFacts> | null;
  /** x = R x_a + t of B and of the hidden one: the directions of t; null as above. */
  towards: Record<'b' | 'm', Vector3> | null;
}

/** Three photos of a list of pairs as scripts/evaluate/pairs.ts has them, by the order in which they were taken. */
export async function* realTriplets(list: string): AsyncGenerator<Triplet> {
  const entries = JSON.parse(readFileSync(list, 'utf8')) as { a: string; b: string; K0: number[]; K1: number[] }[];
  const focal = new Map<string, number>();
  for (const { a, b, K0, K1 } of entries) {
    focal.set(a, K0[0]);
    focal.set(b, K1[0]);
  }
  for (const [a, m, b] of REAL) {
    const files = { a, m, b };
    const known = (side: 'a' | 'm' | 'b') => {
      const found = focal.get(files[side]);
      if (found === undefined) throw new CodedError('pairs-malformed', `${list} has no K of ${files[side]}.`, '');
      return found;
    };
    const open = async (side: 'a' | 'm' | 'b') => (await FilePhoto.open(resolve(dirname(list), files[side]))).pixels();
    yield {
      name: [a, m, b].map((file) => file.replace(/\.jpg$/, '').replace('100_', '')).join(' '),
      kind: 'real',
      photos: { a: await open('a'), m: await open('m'), b: await open('b') },
      focal: { a: known('a'), m: known('m'), b: known('b') },
      known: null,
      truth: null,
      towards: null,
    };
  }
}

const sceaux = (n: number) => `sceaux/100_${7100 + n}.jpg`;
const REAL: readonly (readonly [string, string, string])[] = [
  ...Array.from({ length: 9 }, (_, n) => [sceaux(n), sceaux(n + 1), sceaux(n + 2)] as const),
  ['berlin/02.jpg', 'berlin/01.jpg', 'berlin/03.jpg'],
  ['street/04.jpg', 'street/05.jpg', 'street/06.jpg'],
  ['street/07.jpg', 'street/08.jpg', 'street/09.jpg'],
];

/**
 * Views of lifted photos: the photo, a view of it by half the motion of one drawn from the studio's own ranges (those of
 * L2M), and the one from halfway there. Seeded by their order.
 */
export async function* liftedTriplets(
  photos: readonly { path: string; depth: string | null }[],
): AsyncGenerator<Triplet> {
  for (const [seed, { path, depth }] of photos.entries()) {
    const maker = liftMaker();
    const { motion } = drawL2mView(seed + 1);
    const base: LiftSettings = {
      ...DEFAULT_LIFT,
      render: { ...DEFAULT_LIFT.render, longSide: 512, crop: 'whole', fill: 'push-pull' },
      depth: { ...DEFAULT_LIFT.depth, focal: FOCAL },
    };
    const scene = await maker.openScene(
      { name: path, path, depth: depth === null ? null : { path: depth, meaning: 'disparity' } },
      base,
      new AbortController().signal,
    );
    const lifted = liftScene(scene, base, null);
    const view = (share: number) => {
      const part = (values: Vector3) => values.map((value) => (share / 2) * value) as [number, number, number];
      const moved = { rotation: part(motion.rotation), translation: part(motion.translation), zoom: 1 };
      return renderFrame({ scene, settings: { ...base, motion: moved }, seed: 1 }, lifted).frame;
    };
    const [m, b] = [view(0.5), view(1)];
    const pixels = (data: Uint8ClampedArray): Pixels => ({ data, ...scene.size });
    const focal = FOCAL * scene.size.width;
    const factsOf = ({ size, warp, visible, depth, cameras: { rotation } }: PlainFrame) =>
      trueFacts({
        size,
        warp: warp.a,
        visible: visible.a,
        focal: { a: focal, b: focal },
        rotation,
        known: depth.b,
      });
    yield {
      name: path
        .split('/')
        .slice(-2)
        .join('/')
        .replace(/(\/a)?\.\w+$/, ''),
      kind: 'lifted',
      photos: { a: scene.photo, m: pixels(m.colour.b), b: pixels(b.colour.b) },
      focal: { a: focal, m: focal, b: focal },
      // Of what was filled nobody knows the truth.
      known: Uint8Array.from(m.depth.b, (z) => (z > 0 ? 1 : 0)),
      truth: { m: factsOf(m), b: factsOf(b) },
      towards: { m: m.cameras.translation, b: b.cameras.translation },
    };
  }
}

/** Of lifted views, as a share of the width: a usual lens. */
const FOCAL = 0.9;

const SPLAT_VIEW = { width: 512, height: 384 };
/** More views than this in vain, and the scene has none. */
const MOST_DRAWN = 20;

/**
 * Views of a scene of Gaussians on an arc of 15 to 30 degrees around its middle, seeded by its name. A view from behind a wall, or past
 * the scene, is drawn anew: by what is true of it.
 */
export async function* splatTriplets(files: readonly string[], each: number): AsyncGenerator<Triplet> {
  for (const file of files) {
    const { table } = await readSplats(blobSource(new Blob([readFileSync(file)])), file, { maxGaussians: 1e6 });
    const gaussians = activate(table);
    const statistics = sceneStatistics(table);
    const { rule } = chooseDepthRule(statistics, table.tags);
    const name = basename(file).replace(/\..*$/, '');
    let found = 0;
    for (let k = 0; found < each && k < MOST_DRAWN * each; k++) {
      const cameraAt = splatArc(statistics, 1000 * (k + 1) + name.length);
      const [a, m, b] = [0, 0.5, 1].map((share) => {
        const camera = cameraAt(share);
        const maps = renderSplats(gaussians, camera, { background: [0.5, 0.5, 0.5] });
        return { camera, maps, depth: trustedDepth(maps, rule) };
      });
      const factsOf = (other: typeof b) => {
        const { warp, state } = labelSide(a, other);
        return trueFacts({
          size: SPLAT_VIEW,
          warp,
          visible: state.map((one) => (one === STATE.visible ? 1 : 0)),
          focal: { a: a.camera.fx, b: other.camera.fx },
          rotation: relativePose(a.camera, other.camera).rotation,
        });
      };
      const truth = { m: factsOf(m), b: factsOf(b) };
      if (!makesScene(truth.m) || !makesScene(truth.b)) continue;
      found++;
      const pixels = ({ maps: { colour, alpha } }: typeof a): Pixels => {
        const points = alpha.length;
        const data = new Uint8ClampedArray(4 * points).fill(255);
        for (let i = 0; i < points; i++) for (let c = 0; c < 3; c++) data[4 * i + c] = 255 * colour[c * points + i];
        return { data, ...SPLAT_VIEW };
      };
      const focal = a.camera.fx;
      yield {
        name: `${name} ${k}`,
        kind: 'splats',
        photos: { a: pixels(a), m: pixels(m), b: pixels(b) },
        focal: { a: focal, m: focal, b: focal },
        known: Uint8Array.from(m.maps.alpha, (alpha) => (alpha > 0.5 ? 1 : 0)),
        truth,
        towards: {
          m: relativePose(a.camera, m.camera).translation,
          b: relativePose(a.camera, b.camera).translation,
        },
      };
    }
  }
}

/** Cameras by their share of an arc. */
function splatArc({ center, radius }: SceneStatistics, seed: number): (share: number) => SplatCamera {
  const random = seededRandom(seed);
  const yaw = 2 * Math.PI * random();
  const pitch = 0.1 + 0.3 * random();
  const angle = (15 + 15 * random()) * (Math.PI / 180);
  const focal = 1.1 * SPLAT_VIEW.width;
  const distance = 2.2 * radius;
  return (share) => {
    const w = yaw + share * angle;
    const eye: Vector3 = [
      center[0] + distance * Math.cos(pitch) * Math.sin(w),
      center[1] - distance * Math.sin(pitch),
      center[2] + distance * Math.cos(pitch) * Math.cos(w),
    ];
    const rotation = lookAt(eye, center, [0, -1, 0]);
    const [cx, cy] = [SPLAT_VIEW.width / 2, SPLAT_VIEW.height / 2];
    return { ...SPLAT_VIEW, fx: focal, fy: focal, cx, cy, rotation, translation: translationAt(rotation, eye) };
  };
}
