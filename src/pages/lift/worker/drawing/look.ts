import { fillHoles } from '../../passes/fill/cpu.ts';
import { normalsOf } from '../../passes/normals/cpu.ts';
import { applyPhotometric } from '../../passes/photometric/cpu.ts';
import { lightsForView, relight } from '../../passes/relight/cpu.ts';
import { type BackedView, drawSkyBackdrop } from '../../passes/sky-backdrop/cpu.ts';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import type { Side } from '../../../../core/geometry.ts';
import type { CameraPair } from '../../../../geometry/pinhole.ts';
import type { FrameRequest } from './frame.ts';
import { sceneSky } from '../depth/scene-sky.ts';

/** A view before light and lens. */
export interface BareView {
  side: Side;
  colour: Pixels;
  /** [h, w] scene units; 0 in holes and in the sky. */
  depth: Float32Array;
  cameras: CameraPair;
  medianDepth: number;
}

/** What keeps the noise of the two views apart. */
const NOISE_STREAMS: Record<Side, number> = { a: 0, b: 0x9e3779b9 };

/** Seed of a view's photometric noise. */
export const noiseSeed = (seed: number, side: Side): number => (seed ^ NOISE_STREAMS[side]) >>> 0;

/** The photo's sky behind the view, which it is drawn into, unless holes are to be seen; looks alone. */
export function backedView(
  colour: Pixels,
  visible: Uint8Array,
  cameras: CameraPair,
  request: FrameRequest,
): BackedView {
  const plate = sceneSky(request);
  const { sky: map } = request.scene;
  if (!plate || !map) return { colour, known: visible };
  return drawSkyBackdrop(colour, visible, plate, { map, threshold: request.settings.sky.threshold }, cameras);
}

/** The view under the lights of the settings; the very pixels given where it keeps its own. */
export function litView({ side, colour, depth, cameras, medianDepth }: BareView, { settings }: FrameRequest): Pixels {
  if (!settings.light.on[side]) return colour;
  const camera = cameras[side];
  const lights = lightsForView(settings.light, medianDepth, side === 'a' ? null : cameras);
  return relight({ colour, depth, normals: normalsOf(depth, camera), camera }, lights);
}

/** Fills holes smoothly unless they are to be seen; a network's filling starts from this too. */
export function filledView(colour: Pixels, known: ArrayLike<number>, { settings }: FrameRequest): Pixels {
  if (settings.render.fill === 'none') return colour;
  return { ...colour, data: fillHoles(colour.data, known, colour) };
}

/** What the camera does to the finished view. Holes that are to be seen stay transparent. */
export const developedView = (colour: Pixels, side: Side, { settings, seed }: FrameRequest): Pixels =>
  applyPhotometric(colour, settings.photometric[side], noiseSeed(seed, side));
