import { ascendingOrder } from './order.ts';
import type { SceneStatistics } from './statistics.ts';
import { sizeOf } from './statistics.ts';
import { type GaussianTable, sigmoid } from './table.ts';

/** What tells a floater from the scene. All three are looked at; one is enough to hide a Gaussian. */
export interface FloaterLimits {
  /** Fainter ones are hidden, 0…1. */
  readonly minOpacity: number;
  /** Larger ones are hidden: largest deviation by the scene's radius. */
  readonly maxSize: number;
  /** Ones farther from the crowd are hidden: {@link crowdDistances} by the scene's radius. */
  readonly maxCrowdDistance: number;
}

export const NO_FLOATER_LIMITS: FloaterLimits = { minOpacity: 0, maxSize: Infinity, maxCrowdDistance: Infinity };

/** Limits for a slider of 0 (nothing is hidden) to 1 (only what is solid, small and in the crowd is shown). */
export function floaterLimits(strength: number): FloaterLimits {
  if (!(strength > 0)) return NO_FLOATER_LIMITS;
  const s = Math.min(strength, 1);
  // Each from a bound that no part of a scene meets to one that its solid surfaces still keep, evenly on a log scale.
  return { minOpacity: 0.3 * s, maxSize: 10 ** (0.5 - 1.5 * s), maxCrowdDistance: 10 ** (0.3 - 1.6 * s) };
}

/**
 * 1 for every Gaussian that stays in sight. The table is not touched: to undo is to show by the last mask again.
 * @param crowd of {@link crowdDistances}, which is worth computing once a scene
 */
export function floaterMask(
  table: GaussianTable,
  statistics: SceneStatistics,
  crowd: Float32Array,
  { minOpacity, maxSize, maxCrowdDistance }: FloaterLimits,
): Uint8Array {
  const mask = new Uint8Array(table.count);
  const [size, distance] = [maxSize * statistics.radius, maxCrowdDistance * statistics.radius];
  for (let i = 0; i < table.count; i++) {
    const solid = sigmoid(table.opacityLogits[i]) >= minOpacity && sizeOf(table, i) <= size;
    mask[i] = solid && crowd[i] <= distance ? 1 : 0;
  }
  return mask;
}

/** Indices of what a mask shows, for selectGaussians. */
export function shownIndices(mask: Uint8Array): Uint32Array {
  const indices = new Uint32Array(mask.reduce((sum, shown) => sum + shown, 0));
  let at = 0;
  mask.forEach((shown, i) => {
    if (shown) indices[at++] = i;
  });
  return indices;
}

/** Neighbours that make a crowd. */
const CROWD = 8;
const AXIS_BITS = 10;
/** The box in which distances are told apart, in radii of the scene on each side of its center. */
const BOX_RADII = 4;
/** Sides of the octree in sides of the box, so that it holds the box wherever it is moved. */
const OCTREE_SIDE = 2;
/** In sides of the box; fifths of the octree, whose walls then fall on one another's at no level (Chan 1998). */
const SHIFTS = [0, 2 / 5, 4 / 5];

/**
 * For each Gaussian the side of the smallest cell that holds it and seven others: about the distance to its eighth
 * neighbour, within a small factor, in scene units. Infinite beyond four radii of the center. Cells are those of an
 * octree, looked up in Morton order in n log n; two more octrees, moved, mend what lies at a wall of the first. Distances
 * under 1/64 of the radius are not told apart.
 */
export function crowdDistances(table: GaussianTable, { center, radius }: SceneStatistics): Float32Array {
  const distances = new Float32Array(table.count).fill(Infinity);
  const side = 2 * BOX_RADII * radius;
  if (!(side > 0)) return distances.fill(0);
  for (const shift of SHIFTS) {
    const { codes, order } = mortonCodes(table, center, side, shift);
    for (let at = 0; at < order.length; at++) {
      let shared = 0;
      for (let first = Math.max(0, at - CROWD + 1); first <= at && first + CROWD <= order.length; first++) {
        const differing = codes[order[first]] ^ codes[order[first + CROWD - 1]];
        const bits = differing === 0 ? 3 * AXIS_BITS : Math.clz32(differing) - (32 - 3 * AXIS_BITS);
        shared = Math.max(shared, Math.floor(bits / 3));
      }
      const cell = (side * OCTREE_SIDE) / 2 ** shared;
      distances[order[at]] = Math.min(distances[order[at]], cell);
    }
  }
  return distances;
}

/** Codes of the Gaussians within the box, and their indices in the order of their codes. */
function mortonCodes(
  { count, positions }: GaussianTable,
  center: readonly [number, number, number],
  side: number,
  shift: number,
) {
  const codes = new Uint32Array(count);
  const keys = new Float64Array(count);
  let inside = 0;
  const cells = 1 << AXIS_BITS;
  for (let i = 0; i < count; i++) {
    let code = 0;
    let isInside = true;
    for (let k = 0; k < 3; k++) {
      const unit = (positions[3 * i + k] - center[k]) / side + 0.5;
      if (!(unit >= 0 && unit < 1)) isInside = false;
      const cell = Math.min(Math.floor(((unit + shift) / OCTREE_SIDE) * cells), cells - 1);
      code |= spreadBits(cell) << k;
    }
    codes[i] = code;
    keys[i] = isInside ? code : Infinity;
    if (isInside) inside++;
  }
  return { codes, order: ascendingOrder(keys).subarray(0, inside) };
}

/** Ten bits with two zeros between each, for Morton codes. */
export function spreadBits(value: number): number {
  let bits = value & 1023;
  bits = (bits | (bits << 16)) & 0x30000ff;
  bits = (bits | (bits << 8)) & 0x300f00f;
  bits = (bits | (bits << 4)) & 0x30c30c3;
  return (bits | (bits << 2)) & 0x9249249;
}
