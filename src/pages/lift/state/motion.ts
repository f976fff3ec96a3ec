import { drawL2mView, drawViewpoint, orbit } from '../../../geometry/lift/camera.ts';
import type { LiftSettings } from '../contract/settings.ts';
import type { CameraMotion } from '../../../geometry/pinhole.ts';
import { LIFT_LIMITS, VIEWPOINT_BINS } from '../contract/settings.ts';
import { inRadians } from '../../../geometry/pinhole.ts';
import { apply3, rotationOf } from '../../../core/rotation.ts';
import { MOTION_DIGITS } from '../params.ts';
import type { ViewDraw } from './types.ts';

/** What a person does with the new view: a drag of its picture, in shares of the picture's width. */
export type ViewMove =
  /** Around the point at the median depth; what is near follows the pointer. */
  | { kind: 'orbit'; x: number; y: number }
  /** Across the axis of view; the scene at the median depth stays under the pointer. */
  | { kind: 'pan'; x: number; y: number }
  /** Towards that point (`factor` above 1) or away from it. */
  | { kind: 'dolly'; factor: number };

/** Degrees that a drag over the whole width turns the scene. */
const ORBIT_RANGE = 90;
/** The pivot stays at least this far before the new camera, in units of the median depth. */
const MIN_DISTANCE = 0.15;

/** The motion after a move; the same motion where the move would leave the ranges that the page and its links have. */
export function moveView({ depth, motion }: Pick<LiftSettings, 'depth' | 'motion'>, move: ViewMove): CameraMotion {
  switch (move.kind) {
    case 'orbit':
      return kept(orbit(motion, -move.x * ORBIT_RANGE, move.y * ORBIT_RANGE), motion);
    case 'pan': {
      const [x, y, z] = motion.translation;
      const scale = Math.max(MIN_DISTANCE, pivotDepth(motion)) / (depth.focal * motion.zoom);
      return kept({ ...motion, translation: [x + move.x * scale, y + move.y * scale, z] }, motion);
    }
    case 'dolly': {
      const [x, y, z] = motion.translation;
      const distance = pivotDepth(motion);
      if (distance <= MIN_DISTANCE && move.factor > 1) return motion;
      const nearer = Math.max(MIN_DISTANCE, distance / move.factor);
      return kept({ ...motion, translation: [x, y, z + nearer - distance] }, motion);
    }
  }
}

/** Focal length and motion of a view drawn at random; the same seed gives the same view. */
export function drawView(draw: ViewDraw, seed: number, focal: number): { focal: number; motion: CameraMotion } {
  if (draw !== 'l2m') return { focal, motion: rounded(drawViewpoint(VIEWPOINT_BINS[draw], seed)) };
  const view = drawL2mView(seed);
  return { focal: round(view.focal), motion: rounded(view.motion) };
}

/** Depth of the photo's point at the median depth, seen from the new camera. */
function pivotDepth({ rotation, translation }: CameraMotion): number {
  return apply3(rotationOf(inRadians(rotation)), [0, 0, 1])[2] + translation[2];
}

function kept(moved: CameraMotion, before: CameraMotion): CameraMotion {
  const inside = (values: readonly number[], [min, max]: readonly [number, number]) =>
    values.every((value) => value >= min && value <= max);
  const isInside = inside(moved.rotation, LIFT_LIMITS.rotation) && inside(moved.translation, LIFT_LIMITS.translation);
  return isInside ? rounded(moved) : before;
}

const round = (value: number) => Number(value.toFixed(MOTION_DIGITS));

const rounded = ({ rotation, translation, zoom }: CameraMotion): CameraMotion => ({
  rotation: rotation.map(round) as CameraMotion['rotation'],
  translation: translation.map(round) as CameraMotion['translation'],
  zoom: round(zoom),
});
