import type { BySlot } from '../../shared/compare.ts';
import { filledSlots } from '../../shared/compare.ts';
import type { Size } from '../../shared/geometry.ts';
import type { ColumnResult } from '../../state/compare/types.ts';
import { clusterColor } from './cluster-colors.ts';

/** A map as a small picture: a pixel for every place of the feature grid. */
export interface MapLayer {
  grid: Size;
  image: HTMLCanvasElement;
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
      const { grid, rgba } = pictures[slot]!;
      layers[slot] = paint(grid, rgba, reuse[slot]);
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
  const fits = reuse?.grid.width === grid.width && reuse.grid.height === grid.height;
  const image = fits ? reuse.image : document.createElement('canvas');
  if (!fits) [image.width, image.height] = [grid.width, grid.height];
  image.getContext('2d')?.putImageData(new ImageData(rgba, grid.width, grid.height), 0, 0);
  return { grid, image };
}
