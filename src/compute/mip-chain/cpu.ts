import type { Pixels } from '../preprocess/cpu.ts';

/** A photo with its mip levels, largest first; each level's bytes as the GPU stores them. */
export type MipLevels = Pixels[];

/** All levels down to one pixel, each the exact area average of the one above it, rounded to bytes. */
export function mipChain(photo: Pixels): MipLevels {
  const levels = [photo];
  for (let level = photo; level.width > 1 || level.height > 1; ) {
    level = halve(level);
    levels.push(level);
  }
  return levels;
}

/**
 * Trilinear reading at a unit point, edges clamped: what a linear sampler does at an explicit level.
 * @returns r, g, b in 0…1
 */
export function sampleLevels(levels: MipLevels, x: number, y: number, level: number): [number, number, number] {
  const clamped = Math.min(Math.max(level, 0), levels.length - 1);
  const lower = Math.floor(clamped);
  const share = clamped - lower;
  const near = sampleBilinear(levels[lower], x, y);
  const far = sampleBilinear(levels[Math.min(lower + 1, levels.length - 1)], x, y);
  return [0, 1, 2].map((c) => (near[c] + (far[c] - near[c]) * share) / 255) as [number, number, number];
}

function halve(source: Pixels): Pixels {
  const width = Math.max(1, source.width >> 1);
  const height = Math.max(1, source.height >> 1);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    const rows = shares(y, source.height, height);
    for (let x = 0; x < width; x++) {
      const columns = shares(x, source.width, width);
      for (let c = 0; c < 4; c++) {
        let sum = 0;
        for (const [row, down] of rows) {
          for (const [column, across] of columns)
            sum += source.data[(row * source.width + column) * 4 + c] * down * across;
        }
        data[(y * width + x) * 4 + c] = sum;
      }
    }
  }
  return { data, width, height };
}

/** Source places under target place `i`, and the share of it that each covers. */
function shares(i: number, from: number, to: number): [place: number, share: number][] {
  const ratio = from / to;
  const found: [number, number][] = [];
  for (let place = Math.floor(i * ratio); place < Math.min(from, (i + 1) * ratio); place++) {
    const overlap = Math.min((i + 1) * ratio, place + 1) - Math.max(i * ratio, place);
    if (overlap > 0) found.push([place, overlap / ratio]);
  }
  return found;
}

function sampleBilinear({ data, width, height }: Pixels, x: number, y: number): number[] {
  const column = Math.min(Math.max(x * width - 0.5, 0), width - 1);
  const row = Math.min(Math.max(y * height - 0.5, 0), height - 1);
  const left = Math.floor(column);
  const top = Math.floor(row);
  const right = Math.min(left + 1, width - 1);
  const bottom = Math.min(top + 1, height - 1);
  const fx = column - left;
  const fy = row - top;
  return [0, 1, 2].map((c) => {
    const at = (px: number, py: number) => data[(py * width + px) * 4 + c];
    return (
      (at(left, top) * (1 - fx) + at(right, top) * fx) * (1 - fy) +
      (at(left, bottom) * (1 - fx) + at(right, bottom) * fx) * fy
    );
  });
}
