import type { Side } from '../../core/geometry.ts';
import { otherSide } from '../../core/geometry.ts';
import type { Pose } from '../../geometry/inverse-depth.ts';
import { activate } from '../activate.ts';
import { resized, type SplatCamera } from '../camera.ts';
import type { Target } from './loss.ts';
import { Refiner, type RefineRates, type RefineView } from './refine.ts';
import { type DifferentiableRasteriser, plainRasteriser } from './rasteriser.ts';
import { renderView } from './screen.ts';
import type { GaussianTable } from '../table.ts';
import { buildTwoViewScene, type TwoViewInput, type TwoViewScene } from '../two-view/build.ts';
import { cellColours } from '../two-view/colour.ts';
import { fadedOpacities } from '../two-view/path.ts';

/** Gaussians along the longer side while cameras are refined: a step takes some tenths of a second on a processor. */
const SIDE = 128;
/** What the other photo's Gaussians cover by less than this says nothing of the cameras. */
const COVERED = 0.9;
/** Steps in radians, in baselines, and of the logarithms of focal length and depth. */
const RATES = { turn: 3e-4, focal: 5e-4, depth: 1e-3, colour: 5e-3 } satisfies Partial<RefineRates>;
const SHIFT = 5e-4;

export interface RefineWith {
  /** Gaussians, and pixels, along the longer side. */
  side?: number;
  /** What draws and differentiates the scene; by default the float64 judge. */
  open?: (table: GaussianTable) => DifferentiableRasteriser;
}

export interface RefinedCameras {
  /** As the input's, moved. */
  pose: Pose;
  /** By what both focal lengths are multiplied. */
  zoom: number;
  /** Losses before the first and the last step; see photometricLoss. */
  loss: readonly [number, number];
}

/**
 * Refines the pose and the focal length that a match gave by analysis and synthesis: each photo is drawn from the *other*
 * photo's Gaussians (its own repaint it whatever the pose is), and cameras, depths along the rays and colours move until the
 * drawn ones look like the photos. The scene is to be built anew with what is found.
 * @param onStep told of every step; the promise it gives is waited for, and what it throws ends the refinement
 */
export async function refineCameras(
  input: TwoViewInput,
  steps: number,
  onStep: (done: number) => Promise<void> | void = () => {},
  { side = SIDE, open = () => plainRasteriser() }: RefineWith = {},
): Promise<RefinedCameras> {
  const scene = buildTwoViewScene({ ...input, side });
  const rasteriser = open(scene.table);
  const refiner = new Refiner(scene.table, [crossView(scene, input, 'a', side), crossView(scene, input, 'b', side)], {
    steps,
    rasteriser,
    rates: { ...RATES, shift: SHIFT * scene.baseline },
    madeBy: Uint8Array.from({ length: scene.table.count }, (_, i) => (i < scene.counts.a ? 0 : 1)),
  });
  const losses: number[] = [];
  try {
    while (!refiner.isDone) {
      losses.push(await refiner.step());
      await onStep(losses.length);
    }
  } finally {
    rasteriser.destroy();
  }
  const [a, b] = refiner.result().cameras;
  return {
    pose: relativePoseOf(b),
    zoom: a.fx / resizedFor(scene.cameras.a, side).fx,
    loss: [losses[0], losses.at(-1)!],
  };
}

/** The input with what was found, to build a scene of. */
export function refinedInput(input: TwoViewInput, { pose, zoom }: Pick<RefinedCameras, 'pose' | 'zoom'>): TwoViewInput {
  const photo = (side: Side) => {
    const { focal } = input.photos[side];
    return { ...input.photos[side], focal: [focal[0] * zoom, focal[1] * zoom] as const };
  };
  return { ...input, photos: { a: photo('a'), b: photo('b') }, pose };
}

/** Photo `side` as its target, drawn from the other's Gaussians; A's camera holds the world in place. */
function crossView(scene: TwoViewScene, { photos }: TwoViewInput, side: Side, longest: number): RefineView {
  const camera = resizedFor(scene.cameras[side], longest);
  const size = { width: camera.width, height: camera.height };
  const active = activate(scene.table);
  const opacities = fadedOpacities(active.opacities, scene.fade, side === 'a' ? 1 : 0);
  const { alpha } = renderView({ ...active, opacities: onlyOf(otherSide(side), scene, opacities) }, camera);
  const colours = cellColours(photos[side].pixels, size);
  const target: Target = { ...size, colour: planar(colours), weight: alpha.map((share) => (share > COVERED ? 1 : 0)) };
  const shown = opacities.map((opacity, i) => (active.opacities[i] > 0 ? opacity / active.opacities[i] : 0));
  return { camera, target, moves: side === 'b', shown: onlyOf(otherSide(side), scene, shown) };
}

/** Of one photo's Gaussians alone. */
function onlyOf(side: Side, { counts }: TwoViewScene, values: Float64Array): Float64Array {
  return values.map((value, i) => (i < counts.a === (side === 'a') ? value : 0));
}

function resizedFor(camera: SplatCamera, longest: number): SplatCamera {
  const scale = longest / Math.max(camera.width, camera.height);
  return resized(camera, Math.round(camera.width * scale), Math.round(camera.height * scale));
}

/** x_b = R x_a + t of length 1; A stands at the origin and does not move. */
function relativePoseOf(b: SplatCamera): Pose {
  const length = Math.hypot(...b.translation);
  return {
    rotation: b.rotation,
    translation: [b.translation[0] / length, b.translation[1] / length, b.translation[2] / length],
  };
}

/** [h, w, 3] as [3, h, w] */
function planar(colours: Float32Array): Float32Array {
  const points = colours.length / 3;
  return Float32Array.from(colours, (_, i) => colours[3 * (i % points) + Math.floor(i / points)]);
}
