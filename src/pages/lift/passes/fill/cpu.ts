import type { Size } from '../../../../core/geometry.ts';

/** Sizes of the pyramid, from the picture down to one pixel; odd sizes round up. */
export function fillLevels({ width, height }: Size): Size[] {
  const levels = [{ width, height }];
  for (let level = levels[0]; level.width > 1 || level.height > 1; ) {
    level = { width: Math.ceil(level.width / 2), height: Math.ceil(level.height / 2) };
    levels.push(level);
  }
  return levels;
}

/**
 * Fills the holes of a picture smoothly from what surrounds them by a push-pull pyramid (Gortler et al. 1996, The
 * Lumigraph): going down, known pixels are averaged and four of them fully cover one; going up, what is not known is
 * read bilinearly from the level below. Known pixels stay as they are. A picture of nothing but holes stays black.
 * @param colour RGBA bytes
 * @param known [h, w] other than 0 where the picture is known
 * @returns opaque RGBA bytes
 */
export function fillHoles(colour: Uint8ClampedArray, known: ArrayLike<number>, size: Size): Uint8ClampedArray {
  const levels = fillLevels(size);
  // Per pixel r, g, b in 0…1 (not multiplied) and how well they are known, 0…1.
  const pyramid = levels.map(({ width, height }) => new Float32Array(4 * width * height));
  const [top] = pyramid;
  for (let i = 0; i < top.length; i += 4) {
    if (!known[i >> 2]) continue;
    for (let c = 0; c < 3; c++) top[i + c] = colour[i + c] / 255;
    top[i + 3] = 1;
  }
  for (let k = 1; k < levels.length; k++) push(pyramid[k - 1], levels[k - 1], pyramid[k], levels[k]);
  for (let k = levels.length - 2; k >= 0; k--) pull(pyramid[k + 1], levels[k + 1], pyramid[k], levels[k]);
  const filled = new Uint8ClampedArray(colour.length);
  for (let i = 0; i < filled.length; i += 4) {
    const isKnown = known[i >> 2];
    for (let c = 0; c < 3; c++) filled[i + c] = isKnown ? colour[i + c] : 255 * top[i + c];
    filled[i + 3] = 255;
  }
  return filled;
}

/** The level below: averages of two by two pixels, by how well each is known. */
function push(fine: Float32Array, fineSize: Size, coarse: Float32Array, { width, height }: Size): void {
  for (let y = 0, out = 0; y < height; y++) {
    const rows = Math.min(2, fineSize.height - 2 * y);
    for (let x = 0; x < width; x++, out += 4) {
      const columns = Math.min(2, fineSize.width - 2 * x);
      let [r, g, b, weight] = [0, 0, 0, 0];
      for (let dy = 0; dy < rows; dy++) {
        let at = 4 * ((2 * y + dy) * fineSize.width + 2 * x);
        for (let dx = 0; dx < columns; dx++, at += 4) {
          const w = fine[at + 3];
          r += w * fine[at];
          g += w * fine[at + 1];
          b += w * fine[at + 2];
          weight += w;
        }
      }
      const share = weight > 0 ? 1 / weight : 0;
      coarse[out] = r * share;
      coarse[out + 1] = g * share;
      coarse[out + 2] = b * share;
      coarse[out + 3] = Math.min(1, weight);
    }
  }
}

/** Completes a level, in place, from the completed level below it. */
function pull(coarse: Float32Array, coarseSize: Size, fine: Float32Array, { width, height }: Size): void {
  for (let y = 0, at = 0; y < height; y++) {
    // Every fine pixel lies a quarter of a coarse one beside a coarse centre.
    const row = Math.min(Math.max(0.5 * (y + 0.5) - 0.5, 0), coarseSize.height - 1);
    const top = Math.floor(row);
    const fy = row - top;
    const upper = 4 * top * coarseSize.width;
    const lower = 4 * Math.min(top + 1, coarseSize.height - 1) * coarseSize.width;
    for (let x = 0; x < width; x++, at += 4) {
      const share = 1 - fine[at + 3];
      if (share <= 0) continue;
      const column = Math.min(Math.max(0.5 * (x + 0.5) - 0.5, 0), coarseSize.width - 1);
      const left = Math.floor(column);
      const fx = column - left;
      const right = 4 * Math.min(left + 1, coarseSize.width - 1);
      for (let c = 0; c < 3; c++) {
        const above = coarse[upper + 4 * left + c] * (1 - fx) + coarse[upper + right + c] * fx;
        const below = coarse[lower + 4 * left + c] * (1 - fx) + coarse[lower + right + c] * fx;
        fine[at + c] += share * (above * (1 - fy) + below * fy - fine[at + c]);
      }
    }
  }
}
