import type { BySlot } from '../../contract.ts';
import { filledSlots } from '../../contract.ts';
import type { Size } from '../../../../core/geometry.ts';
import type { ColumnResult } from '../../state/types.ts';

/** A map as a small picture: a pixel for every place of the feature grid. */
export interface MapLayer {
  grid: Size;
  /** A bitmap belongs to the result, and is empty once another result took that one's place. */
  image: HTMLCanvasElement | ImageBitmap;
}

/**
 * The maps that a result draws over the photos.
 * @param reuse layers that are no longer shown: their canvases are painted anew where the size is the same, so that
 * following the pointer makes none
 */
export function layersOf(result: ColumnResult | null, reuse: BySlot<MapLayer> = {}): BySlot<MapLayer> {
  const layers: BySlot<MapLayer> = {};
  if (result?.page === 'components' || result?.page === 'similarity') {
    const pictures = result.page === 'components' ? result.pictures : result.heat;
    for (const slot of filledSlots(pictures)) {
      const picture = pictures[slot]!;
      const { grid } = picture;
      layers[slot] = 'bitmap' in picture ? { grid, image: picture.bitmap } : paint(grid, picture.rgba, reuse[slot]);
    }
  } else if (result?.page === 'clusters') {
    for (const slot of filledSlots(result.labels)) {
      const { grid, labels } = result.labels[slot]!;
      layers[slot] = paint(grid, colorsOf(labels), reuse[slot]);
    }
  }
  return layers;
}

function colorsOf(labels: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(4 * labels.length).fill(255);
  labels.forEach((label, i) => rgba.set(clusterColor(label), 4 * i));
  return rgba;
}

function paint(grid: Size, rgba: Uint8ClampedArray<ArrayBuffer>, reuse?: MapLayer): MapLayer {
  const old = reuse?.image;
  const fits = old instanceof HTMLCanvasElement && old.width === grid.width && old.height === grid.height;
  const image = fits ? old : document.createElement('canvas');
  if (!fits) [image.width, image.height] = [grid.width, grid.height];
  image.getContext('2d')?.putImageData(new ImageData(rgba, grid.width, grid.height), 0, 0);
  return { grid, image };
}

type Rgb = readonly [number, number, number];

/** Hues a golden angle apart, in three brightnesses: any two of twenty can be told apart, neighbours easily. */
function clusterColor(cluster: number): Rgb {
  const hue = (cluster * 137.508 + 25) % 360;
  return hslToRgb(hue, 0.62, [0.55, 0.38, 0.74][cluster % 3]);
}

function hslToRgb(hue: number, saturation: number, lightness: number): Rgb {
  const amplitude = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (lightness - amplitude * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}
