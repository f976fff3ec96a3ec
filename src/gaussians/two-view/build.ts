import type { Side, Size } from '../../core/geometry.ts';
import { otherSide } from '../../core/geometry.ts';
import type { DenseField } from '../../core/match.ts';
import { IDENTITY3 } from '../../core/matrix3.ts';
import { type Pose, swappedPose } from '../../geometry/inverse-depth.ts';
import { cameraCentre, type SplatCamera, transpose3 } from '../camera.ts';
import { createTable, type GaussianTable, PLAIN_TAGS } from '../table.ts';
import { cellColours, type PhotoPixels, sharpened } from './colour.ts';
import { fuseDepth } from './fuse.ts';
import { smoothstep, type TriangulatedMap, triangulateField, type UnitFocal } from './inverse-depth.ts';
import { photoConsistent } from './photo-consistency.ts';
import { fitPrior, type PriorFit } from './prior.ts';
import { refinedMap } from './refined-map.ts';
import { writeSplats } from './splats.ts';
import { type Surface, surfaceOf } from './surface.ts';

/** One of the two photos, with what the match says of it. */
export interface TwoViewPhoto {
  readonly pixels: PhotoPixels;
  /** Of the file: the field's cycle errors are its pixels. */
  readonly photo: Size;
  readonly field: DenseField;
  readonly focal: UnitFocal;
  /** A monocular depth map of the whole photo, [h, w], larger is nearer; null without one. */
  readonly prior: { readonly map: Float32Array; readonly size: Size } | null;
  /** [h, w] above ½ where there is sky, of the same size as `prior` or its own; null: nothing is known of a sky. */
  readonly sky: { readonly map: Float32Array; readonly size: Size } | null;
}

export interface TwoViewInput {
  readonly photos: Readonly<Record<Side, TwoViewPhoto>>;
  /** x_b = rotation · x_a + translation, of length 1. */
  readonly pose: Pose;
  /** Gaussians along a photo's longer side. */
  readonly side?: number;
}

/** A scene made of two photos: camera A stands at the origin and looks along +z. */
export interface TwoViewScene {
  readonly table: GaussianTable;
  /**
   * [n] how far a Gaussian gives way on the path from A to B: above 0 one of A that fades by that share of the way, below
   * 0 one of B that fades on the way back; 0 stays.
   */
  readonly fade: Float32Array;
  /** A's Gaussians come first in the table, then B's. */
  readonly counts: Readonly<Record<Side, number>>;
  /** The photos' cameras, of the files' sizes. */
  readonly cameras: Readonly<Record<Side, SplatCamera>>;
  /** Scene units of the distance between the cameras. */
  readonly baseline: number;
  /** Depth of most of what both photos show, before A, scene units. */
  readonly middle: number;
  /** How the monocular maps explain what was triangulated; null where there was none or it did not help. */
  readonly prior: Readonly<Record<Side, PriorFit | null>>;
}

/** Gaussians along the longer side by default. */
export const DEFAULT_SIDE = 448;
/** Standard deviation of a match: pixels at a 640 px long side. */
const NOISE = 0.5 / 640;
/** Restores what the rasteriser's dilation and the Gaussians themselves blur at the photo's own size. */
const SHARPEN = 1;
/** One photo's surface hides what the other shows if it lies nearer by this share. */
const HIDES = 0.06;
/** The nearest thing lies this far off in scene units: beyond the distance at which renderers cut. */
const NEAREST = 2;

interface PhotoSurface {
  map: TriangulatedMap;
  surface: Surface;
  colour: Float32Array;
  middle: number;
  far: number;
  prior: PriorFit | null;
}

/**
 * Two matched photos as a scene of Gaussians, without a network: depth by triangulation (its variance from the angle of
 * the rays and the certainty), fused with a monocular map, one flat Gaussian a cell of either photo.
 */
export function buildTwoViewScene({ photos, pose, side = DEFAULT_SIDE }: TwoViewInput): TwoViewScene {
  const made = {
    a: photoSurface(photos.a, photos.b, pose, side),
    b: photoSurface(photos.b, photos.a, swappedPose(pose), side),
  };
  const unit = NEAREST * nearest(made.a.surface, made.b.surface);
  const cameras = {
    a: cameraOf(photos.a, { rotation: IDENTITY3, translation: [0, 0, 0] }, unit),
    b: cameraOf(photos.b, pose, unit),
  };
  const chosen = { a: keptCells(made.a.surface), b: keptCells(made.b.surface) };
  const count = chosen.a.length + chosen.b.length;
  const table = createTable(count, 0, { ...PLAIN_TAGS, source: 'match' });
  const fade = new Float32Array(count);
  for (const [one, begin] of [
    ['a', 0],
    ['b', chosen.a.length],
  ] as const) {
    const { surface, colour } = made[one];
    const camera = cameras[one];
    const placement = { rotation: transpose3(camera.rotation), centre: cameraCentre(camera), unit };
    writeSplats(table, begin, surface, sharpened(colour, surface.size, SHARPEN), chosen[one], placement);
    const away = one === 'a' ? pose : swappedPose(pose);
    const sign = one === 'a' ? 1 : -1;
    givesWay(made[one], made[otherSide(one)], away).forEach((share, k) => {
      fade[begin + k] = sign * share;
    });
  }
  return {
    table,
    fade,
    counts: { a: chosen.a.length, b: chosen.b.length },
    cameras,
    baseline: unit,
    middle: unit / made.a.middle,
    prior: { a: made.a.prior, b: made.b.prior },
  };
}

function photoSurface(here: TwoViewPhoto, there: TwoViewPhoto, pose: Pose, side: number): PhotoSurface {
  const size = gridOf(here.pixels, side);
  const longest = Math.max(there.focal[0] * there.photo.width, there.focal[1] * there.photo.height);
  const noise = (NOISE * Math.max(there.photo.width, there.photo.height)) / longest;
  const options = { photo: here.photo, here: here.focal, there: there.focal, pose, noise };
  const coarse = triangulateField(here.field, options);
  const colour = cellColours(here.pixels, size);
  const finer = refinedMap(coarse, cellColours(here.pixels, coarse.size), colour, size);
  const sizeThere = gridOf(there.pixels, side);
  const other = { size: sizeThere, colour: cellColours(there.pixels, sizeThere), focal: there.focal };
  const map = photoConsistent(finer, { size, colour, focal: here.focal }, other, pose);
  const guess = here.prior && resampled(here.prior, size);
  const fit = guess && fitPrior(map, guess);
  const sky = here.sky && resampled(here.sky, size);
  const { inverse, middle, far } = fuseDepth({ map, colour, sky, prior: guess && fit ? { map: guess, fit } : null });
  return { map, surface: surfaceOf(inverse, size, here.focal), colour, middle, far, prior: fit };
}

/** No side above `side`, and no finer than the photo. */
function gridOf({ width, height }: Size, side: number): Size {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(2, Math.round(width * scale)), height: Math.max(2, Math.round(height * scale)) };
}

/** A map at another size, the nearest value for each cell. */
function resampled({ map, size }: { map: Float32Array; size: Size }, to: Size): Float32Array {
  if (size.width === to.width && size.height === to.height) return map;
  const out = new Float32Array(to.width * to.height);
  for (let y = 0, i = 0; y < to.height; y++) {
    const row = size.width * Math.min(size.height - 1, Math.floor(((y + 0.5) * size.height) / to.height));
    for (let x = 0; x < to.width; x++, i++) {
      out[i] = map[row + Math.min(size.width - 1, Math.floor(((x + 0.5) * size.width) / to.width))];
    }
  }
  return out;
}

/** 1 / depth than which hardly anything is nearer, baselines⁻¹. */
function nearest(...surfaces: readonly Surface[]): number {
  const values: number[] = [];
  for (const { inverse } of surfaces) for (let i = 0; i < inverse.length; i += 7) values.push(inverse[i]);
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.floor(0.98 * (sorted.length - 1))];
}

function cameraOf({ photo, focal }: TwoViewPhoto, { rotation, translation }: Pose, unit: number): SplatCamera {
  const { width, height } = photo;
  return {
    width,
    height,
    fx: focal[0] * width,
    fy: focal[1] * height,
    cx: width / 2,
    cy: height / 2,
    rotation,
    translation: [translation[0] * unit, translation[1] * unit, translation[2] * unit],
  };
}

function keptCells({ kept }: Surface): Uint32Array {
  const cells: number[] = [];
  for (let i = 0; i < kept.length; i++) if (kept[i]) cells.push(i);
  return Uint32Array.from(cells);
}

/**
 * How much each kept cell fades on the way to the other camera: as far as that one shows the place too, and wholly where
 * it sees through it, for then one of both is wrong, and over there the other photo is right.
 */
function givesWay(
  { map, surface }: PhotoSurface,
  other: PhotoSurface,
  { rotation: r, translation: t }: Pose,
): number[] {
  const { size, focal, inverse, kept } = surface;
  const there = other.surface;
  const shares: number[] = [];
  for (let i = 0; i < kept.length; i++) {
    if (!kept[i]) continue;
    const x = i % size.width;
    const rx = ((x + 0.5) / size.width - 0.5) / focal[0];
    const ry = (((i - x) / size.width + 0.5) / size.height - 0.5) / focal[1];
    const value = inverse[i];
    // Times 1 / depth: the place before the other camera, and its depth there.
    const px = r[0] * rx + r[1] * ry + r[2] + value * t[0];
    const py = r[3] * rx + r[4] * ry + r[5] + value * t[1];
    const pz = r[6] * rx + r[7] * ry + r[8] + value * t[2];
    let share = map.covisible[i];
    if (pz > 0) {
      const u = Math.floor(((px / pz) * there.focal[0] + 0.5) * there.size.width);
      const v = Math.floor(((py / pz) * there.focal[1] + 0.5) * there.size.height);
      if (u >= 0 && v >= 0 && u < there.size.width && v < there.size.height) {
        const nearer = value / pz / there.inverse[v * there.size.width + u];
        share = Math.max(share, smoothstep(1 - 2 * HIDES, 1 - HIDES / 2, nearer));
      }
    }
    shares.push(share);
  }
  return shares;
}
