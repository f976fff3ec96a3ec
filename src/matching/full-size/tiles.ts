import type { Pixels } from '../../compute/preprocess/cpu.ts';
import type { Rect, Size } from '../../core/geometry.ts';

/** A photo of which parts are read: at its own resolution it may be too large to be held twice. */
export interface PixelSource {
  /** Of what is read: the file's, or less where the browser reduced it. */
  readonly size: Size;
  /** RGBA of a whole-numbered rectangle inside, `scale` (1 or more) times smaller, each pixel averaged. */
  read(rect: Rect, scale: number): Promise<Pixels>;
}

/** Where each pixel of a tile lies in a source (its pixels, NaN: nowhere), and how much it shows there, 0…1. */
export interface TileMap {
  x: Float32Array;
  y: Float32Array;
  weight: Float32Array;
}

/** Source pixels that are held at once: 8 megapixels, 32 MB. */
const MAX_READ = 2 ** 23;
/** A tile that is this small is read whatever it takes, at a lower resolution. */
const LEAST_TILE = 32;

/**
 * Adds a source's colours to a tile, weighted: `sums` [h, w, 4] red, green, blue (0…255) and weight. A tile whose places are spread
 * too far over the source is done in quarters.
 */
export async function addTile(tile: Size, map: TileMap, source: PixelSource, sums: Float32Array): Promise<void> {
  const { width, height } = tile;
  await addPart({ x: 0, y: 0, width, height }, width, map, source, sums);
}

async function addPart(
  part: Rect,
  stride: number,
  map: TileMap,
  source: PixelSource,
  sums: Float32Array,
): Promise<void> {
  const { size } = source;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  let [stretch, count] = [0, 0];
  for (let row = part.y; row < part.y + part.height; row++) {
    for (let column = part.x; column < part.x + part.width; column++) {
      const i = row * stride + column;
      if (!(map.weight[i] > 0)) continue;
      const [x, y] = [map.x[i], map.y[i]];
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      if (column + 1 < part.x + part.width && map.weight[i + 1] > 0) {
        stretch += Math.hypot(map.x[i + 1] - x, map.y[i + 1] - y);
        count++;
      }
    }
  }
  if (!(right >= left)) return;
  const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value));
  // What is finer than the tile is averaged, not skipped.
  let scale = Math.max(1, count > 0 ? stretch / count : 1);
  const margin = 2 * scale + 1;
  const rect = {
    x: clamp(Math.floor(left - margin), size.width - 1),
    y: clamp(Math.floor(top - margin), size.height - 1),
    width: 0,
    height: 0,
  };
  rect.width = Math.max(1, clamp(Math.ceil(right + margin), size.width) - rect.x);
  rect.height = Math.max(1, clamp(Math.ceil(bottom + margin), size.height) - rect.y);
  const wanted = (rect.width * rect.height) / scale ** 2;
  if (wanted > MAX_READ) {
    if (Math.max(part.width, part.height) > LEAST_TILE) {
      const [w, h] = [Math.ceil(part.width / 2), Math.ceil(part.height / 2)];
      for (const [x, y] of [
        [0, 0],
        [w, 0],
        [0, h],
        [w, h],
      ]) {
        const width = Math.min(w, part.width - x);
        const height = Math.min(h, part.height - y);
        const quarter = { x: part.x + x, y: part.y + y, width, height };
        if (width > 0 && height > 0) await addPart(quarter, stride, map, source, sums);
      }
      return;
    }
    scale *= Math.sqrt(wanted / MAX_READ);
  }
  const pixels = await source.read(rect, scale);
  sample(part, stride, map, rect, pixels, sums);
}

/** Bilinear, the border clamped. */
function sample(part: Rect, stride: number, map: TileMap, rect: Rect, pixels: Pixels, sums: Float32Array): void {
  const { data, width, height } = pixels;
  const [scaleX, scaleY] = [width / rect.width, height / rect.height];
  for (let row = part.y; row < part.y + part.height; row++) {
    for (let column = part.x; column < part.x + part.width; column++) {
      const i = row * stride + column;
      const weight = map.weight[i];
      if (!(weight > 0)) continue;
      const x = Math.min(width - 1, Math.max(0, (map.x[i] - rect.x) * scaleX - 0.5));
      const y = Math.min(height - 1, Math.max(0, (map.y[i] - rect.y) * scaleY - 0.5));
      const [x0, y0] = [Math.floor(x), Math.floor(y)];
      const [fx, fy] = [x - x0, y - y0];
      const right = x0 + 1 < width ? 4 : 0;
      const at = 4 * (y0 * width + x0);
      const below = at + (y0 + 1 < height ? 4 * width : 0);
      for (let c = 0; c < 3; c++) {
        const above = data[at + c] * (1 - fx) + data[at + right + c] * fx;
        const under = data[below + c] * (1 - fx) + data[below + right + c] * fx;
        sums[4 * i + c] += weight * (above * (1 - fy) + under * fy);
      }
      sums[4 * i + 3] += weight;
    }
  }
}
