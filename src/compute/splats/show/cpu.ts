import { colorMapAt } from '../../../core/colors/color-maps.ts';
import type { SplatMaps } from '../../../gaussians/raster/render.ts';
import { MAPS } from '../measure/maps.ts';
import { paintingOf, type SplatPane } from './pane.ts';

/**
 * A view's map as RGBA bytes of the view's size: the engine without a GPU, and what the GPU's painter is held against.
 * @param background behind the splats of colour, and where a map has nothing; 0…1
 */
export function paintMaps(
  maps: SplatMaps,
  pane: SplatPane,
  background: readonly [number, number, number] = [0, 0, 0],
): { width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> } {
  const { width, height } = maps;
  const points = width * height;
  const data = new Uint8ClampedArray(4 * points);
  const colourAt = painter(maps, pane, background.map((value) => 255 * value) as unknown as Rgb);
  for (let i = 0; i < points; i++) {
    const colour = colourAt(i);
    data[4 * i] = colour[0];
    data[4 * i + 1] = colour[1];
    data[4 * i + 2] = colour[2];
    data[4 * i + 3] = 255;
  }
  return { width, height, data };
}

type Rgb = readonly [number, number, number];

function painter(maps: SplatMaps, pane: SplatPane, behind: Rgb): (i: number) => Rgb {
  const { way, map, other, colorMap, range } = paintingOf(pane);
  const points = maps.width * maps.height;
  const plane = planeOf(maps, map);
  const second = planeOf(maps, other);
  const scale = ([low, high]: readonly [number, number], value: number) => (value - low) / (high - low);
  const three = (values: ArrayLike<number>, i: number): [number, number, number] => [
    values[i],
    values[points + i],
    values[2 * points + i],
  ];
  const seen = (paint: (i: number) => Rgb) => (i: number) => (maps.alpha[i] > 0 ? paint(i) : behind);
  switch (way) {
    case 'colour':
      return (i) =>
        three(maps.colour, i).map((value, c) => 255 * value + (1 - maps.alpha[i]) * behind[c]) as unknown as Rgb;
    case 'value':
    case 'whole':
      return (i) => colorMapAt(colorMap, scale(range, plane[i]));
    case 'normal':
      return seen((i) => {
        const [x, y, z] = three(maps.normal, i);
        return [127.5 + 127.5 * x, 127.5 - 127.5 * y, 127.5 - 127.5 * z];
      });
    case 'index':
      return seen((i) => colourOfIndex(plane[i]));
    case 'inverse': {
      const ends = [1 / range[0], 1 / range[1]] as const;
      return seen((i) => (plane[i] > 0 ? colorMapAt(colorMap, scale(ends, 1 / plane[i])) : behind));
    }
    case 'difference':
      return seen((i) =>
        plane[i] > 0 && second[i] > 0
          ? colorMapAt(colorMap, Math.abs(second[i] - plane[i]) / plane[i] / range[1])
          : behind,
      );
  }
}

function planeOf(maps: SplatMaps, plane: number): ArrayLike<number> {
  const name = (Object.keys(MAPS) as (keyof typeof MAPS)[]).find((key) => MAPS[key] === plane)!;
  return name in maps.depth
    ? maps.depth[name as keyof SplatMaps['depth']]
    : maps[name as Exclude<typeof name, keyof SplatMaps['depth']>];
}

/** A colour of its own for every Gaussian, none of them dark. */
export function colourOfIndex(index: number): Rgb {
  let h = Math.imul(index, 2654435761);
  h = Math.imul(h ^ (h >>> 15), 2246822519);
  h ^= h >>> 13;
  return [0, 8, 16].map((shift) => 64 + 0.75 * ((h >>> shift) & 255)) as unknown as Rgb;
}
