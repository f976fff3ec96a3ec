import { BilinearReader } from '../../compute/field/bilinear.ts';
import { throwIfAborted } from '../../core/errors.ts';
import type { Rect, Side, Size } from '../../core/geometry.ts';
import { otherSide } from '../../core/geometry.ts';
import { isInMask } from '../../core/mask.ts';
import type { DenseField } from '../../core/match.ts';
import { type Matrix3, project } from '../../core/matrix3.ts';
import { addTile, type PixelSource, type TileMap } from './tiles.ts';

/** What a picture is made of. Pixels of the photos' files. */
export interface FullSizeScene {
  sizes: Record<Side, Size>;
  sources: Record<Side, PixelSource>;
  /** Of the photo that the other is laid on. */
  field: DenseField;
  /** As the view: less certain places, and those with a larger cycle error (pixels; 0: any), are see-through. */
  threshold: number;
  cycleLimit: number;
}

/** A picture in strips from top to bottom: RGBA, not premultiplied. */
export interface StripPicture {
  size: Size;
  strips(signal?: AbortSignal): AsyncGenerator<{ rows: number; data: Uint8ClampedArray }>;
}

const TILE = { width: 512, height: 128 } as const;
/** Certainty over which a picture fades out below the threshold, as on the stage. */
const FADE = 0.06;
/** Share of A's shorter side over which a panorama goes from the match to the homography, and one photo fades into the other. */
const SEAM = 0.05;

const smoothstep = (low: number, high: number, value: number): number => {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
};

type MapTile = (tile: Rect) => { source: Side; map: TileMap }[];

const newMap = ({ width, height }: Size): TileMap => ({
  x: new Float32Array(width * height).fill(NaN),
  y: new Float32Array(width * height).fill(NaN),
  weight: new Float32Array(width * height),
});

/** How much is known at a normalised place of the field's photo, 0…1, and where it lies in the other, normalised. */
function readerOf({ field, threshold, cycleLimit }: FullSizeScene) {
  const reader = new BilinearReader(field.grid);
  const planeY = field.grid.width * field.grid.height;
  return (x: number, y: number): { x: number; y: number; known: number } => {
    reader.seek(x, y);
    const to = { x: reader.readContinued(field.warp), y: reader.readContinued(field.warp, planeY) };
    const isOn = Math.abs(to.x) <= 1 && Math.abs(to.y) <= 1;
    if (!isOn || !isInMask(field.mask?.here, { x, y }) || !isInMask(field.mask?.there, to)) return { ...to, known: 0 };
    const certainty = reader.read(field.certainty);
    const isConsistent = cycleLimit <= 0 || reader.read(field.cycle) <= cycleLimit;
    const known = certainty > 0 && isConsistent ? smoothstep(threshold - FADE, threshold, certainty) : 0;
    return { ...to, known };
  };
}

/** The other photo, bent onto photo `side`, whose size the picture has. */
export function laidOn(side: Side, scene: FullSizeScene): StripPicture {
  const there = otherSide(side);
  const size = scene.sizes[side];
  const { size: read } = scene.sources[there];
  const look = readerOf(scene);
  return picture(size, scene, (tile) => {
    const map = newMap(tile);
    for (let row = 0, i = 0; row < tile.height; row++) {
      for (let column = 0; column < tile.width; column++, i++) {
        const to = look((2 * (tile.x + column) + 1) / size.width - 1, (2 * (tile.y + row) + 1) / size.height - 1);
        if (to.known <= 0) continue;
        map.x[i] = ((to.x + 1) / 2) * read.width;
        map.y[i] = ((to.y + 1) / 2) * read.height;
        map.weight[i] = to.known;
      }
    }
    return [{ source: there, map }];
  });
}

/**
 * Both photos on one canvas, A as it is and B by the homography from A to B (pixels); faded into each other where both are.
 * @param canvas part of A's plane, whole pixels of A
 * @param byMatch where B overlaps A it is bent by the match where that is known
 */
export function panorama(scene: FullSizeScene, homography: Matrix3, canvas: Rect, byMatch: boolean): StripPicture {
  const { a, b } = scene.sizes;
  const { size: readA } = scene.sources.a;
  const { size: readB } = scene.sources.b;
  const look = readerOf(scene);
  const seam = SEAM * Math.min(a.width, a.height);
  const border = (x: number, y: number, { width, height }: Size) => Math.min(x, y, width - x, height - y);
  return picture(
    { width: canvas.width, height: canvas.height },
    scene,
    (tile) => {
      const [ofA, ofB] = [newMap(tile), newMap(tile)];
      for (let row = 0, i = 0; row < tile.height; row++) {
        for (let column = 0; column < tile.width; column++, i++) {
          const [x, y] = [canvas.x + tile.x + column + 0.5, canvas.y + tile.y + row + 0.5];
          const inA = border(x, y, a);
          let [u, v] = project(homography, x, y);
          if (byMatch && inA > 0) {
            const to = look((2 * x) / a.width - 1, (2 * y) / a.height - 1);
            const share = to.known * smoothstep(0, seam, inA);
            if (share > 0) {
              u += share * (((to.x + 1) / 2) * b.width - u);
              v += share * (((to.y + 1) / 2) * b.height - v);
            }
          }
          const inB = Number.isFinite(u) && Number.isFinite(v) ? border(u, v, b) : -1;
          if (inA > 0) {
            ofA.x[i] = (x * readA.width) / a.width;
            ofA.y[i] = (y * readA.height) / a.height;
            ofA.weight[i] = Math.max(1e-3, Math.min(1, inA / seam));
          }
          if (inB > 0) {
            ofB.x[i] = (u * readB.width) / b.width;
            ofB.y[i] = (v * readB.height) / b.height;
            ofB.weight[i] = Math.max(1e-3, Math.min(1, inB / (SEAM * Math.min(b.width, b.height))));
          }
        }
      }
      return [
        { source: 'a', map: ofA },
        { source: 'b', map: ofB },
      ];
    },
    true,
  );
}

/** @param isWhole what shows at all shows fully: weights are between the photos */
function picture(size: Size, { sources }: FullSizeScene, mapTile: MapTile, isWhole = false): StripPicture {
  return {
    size,
    async *strips(signal) {
      for (let top = 0; top < size.height; top += TILE.height) {
        const rows = Math.min(TILE.height, size.height - top);
        const data = new Uint8ClampedArray(4 * size.width * rows);
        for (let left = 0; left < size.width; left += TILE.width) {
          throwIfAborted(signal);
          const tile = { x: left, y: top, width: Math.min(TILE.width, size.width - left), height: rows };
          const sums = new Float32Array(4 * tile.width * rows);
          for (const { source, map } of mapTile(tile)) await addTile(tile, map, sources[source], sums);
          for (let row = 0, i = 0; row < rows; row++) {
            for (let column = 0; column < tile.width; column++, i++) {
              const weight = sums[4 * i + 3];
              if (weight <= 0) continue;
              const at = 4 * (row * size.width + left + column);
              for (let c = 0; c < 3; c++) data[at + c] = sums[4 * i + c] / weight;
              data[at + 3] = isWhole ? 255 : 255 * weight;
            }
          }
        }
        yield { rows, data };
      }
    },
  };
}
