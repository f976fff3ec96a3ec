import { colorMapTable } from '../../shared/color-maps.ts';
import type { Side, Size } from '../../shared/geometry.ts';
import type { ColumnResult } from '../../state/compare/types.ts';
import { clusterColor } from './cluster-colors.ts';

/** A map as a small picture: a pixel for every place of the feature grid. */
export interface MapLayer {
  grid: Size;
  image: HTMLCanvasElement;
}

/** The map that a result draws over one photo; null where it draws none. */
export function layerOf(result: ColumnResult, side: Side): MapLayer | null {
  switch (result.page) {
    case 'components': {
      const picture = result.pictures[side];
      return picture ? toLayer(picture.grid, picture.rgba) : null;
    }
    case 'clusters': {
      const map = result.labels[side];
      return map ? toLayer(map.grid, paint(map.labels, clusterColor)) : null;
    }
    case 'similarity': {
      const map = result.heat[side];
      const table = colorMapTable('turbo');
      const color = (heat: number) => table.subarray(4 * Math.round(255 * heat), 4 * Math.round(255 * heat) + 3);
      return map ? toLayer(map.grid, paint(map.values, color)) : null;
    }
    default:
      return null;
  }
}

function paint(values: ArrayLike<number>, color: (value: number) => ArrayLike<number>): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) {
    rgba.set(color(values[i]), 4 * i);
    rgba[4 * i + 3] = 255;
  }
  return rgba;
}

function toLayer(grid: Size, rgba: Uint8ClampedArray<ArrayBuffer>): MapLayer {
  const image = document.createElement('canvas');
  image.width = grid.width;
  image.height = grid.height;
  image.getContext('2d')?.putImageData(new ImageData(rgba, grid.width, grid.height), 0, 0);
  return { grid, image };
}
