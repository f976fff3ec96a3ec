import { colorMapAt } from '../../../../core/colors/color-maps.ts';
import { flowColor } from '../../../../core/colors/flow-wheel.ts';
import type { Size } from '../../../../core/geometry.ts';
import type { LiftPicture } from '../../contract/api.ts';

/** Displacement that has the flow wheel's full colour, as a share of the longer side. */
export const LIFT_FLOW_SCALE = 0.25;
/** Colour maps of the pictures; shaders/lift/display.wgsl is given the same. */
export const LIFT_COLOR_MAPS = { depth: 'magma', error: 'turbo', certainty: 'viridis' } as const;

/** One view and what is known of it, all at the rendered size. Layers that are not known are null. */
export interface DisplayLayers {
  size: Size;
  /** RGBA; alpha 0 in holes that were not filled. */
  colour: Uint8ClampedArray;
  /** [h, w] scene units; 0 in holes and in the sky. */
  depth: Float32Array;
  /** [2, h, w] to the other view, normalised. */
  warp: Float32Array;
  /** [h, w] 1 where the other view shows the same place. */
  visible: Uint8Array;
  /** [3, h, w] in the view's own camera frame, towards the camera. */
  normals: Float32Array | null;
  /** [h, w] 0…1. */
  sky: Float32Array | null;
  /** [h, w] pixels; negative where nothing is counted. */
  error: Float32Array | null;
  /** [h, w] 0…1. */
  certainty: Float32Array | null;
}

export interface DisplayOptions {
  /** What the theme has behind the pictures, 0…1. */
  ground: readonly [number, number, number];
  /** The depth that has the middle colour, scene units. */
  medianDepth: number;
  skyThreshold: number;
  /** Error with the hottest colour. */
  maxError: number;
}

type Rgb = readonly [number, number, number];

/** What hides behind something else, and sky. */
const HIDDEN: Rgb = [0.86, 0.24, 0.18];
const SKY: Rgb = [0.25, 0.55, 0.95];
/** Period of the hatching, pixels. */
const HATCH = 8;

/** Paints one picture of a view as opaque RGBA at the rendered size. Holes are hatched. */
export function paintLayers(
  layers: DisplayLayers,
  picture: LiftPicture,
  options: DisplayOptions,
): Uint8ClampedArray<ArrayBuffer> {
  const { width, height } = layers.size;
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  const paint = PAINTERS[picture];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const color = paint(layers, i, options) ?? hatch(x, y, options.ground);
      for (let c = 0; c < 3; c++) data[4 * i + c] = 255 * color[c];
    }
  }
  return data;
}

/** A pixel's colour 0…1; null where there is nothing, which is hatched. */
type Painter = (layers: DisplayLayers, i: number, options: DisplayOptions) => Rgb | null;

const PAINTERS: Record<LiftPicture, Painter> = {
  colour: ({ colour }, i) => (colour[4 * i + 3] ? rgbAt(colour, i) : null),
  depth: ({ depth }, i, { medianDepth }) =>
    depth[i] > 0 ? mapped('depth', medianDepth / (medianDepth + depth[i])) : null,
  normals: ({ depth, normals, size }, i) => {
    const points = size.width * size.height;
    if (!normals || !(depth[i] > 0)) return null;
    // As normal maps are drawn elsewhere: x to the right, y up, z towards the viewer.
    return [0.5 + 0.5 * normals[i], 0.5 - 0.5 * normals[points + i], 0.5 - 0.5 * normals[2 * points + i]];
  },
  validity: (layers, i) => (layers.depth[i] > 0 ? greyAt(layers, i, 1) : null),
  warp: ({ warp, visible, size: { width, height } }, i) => {
    if (!visible[i]) return null;
    const points = width * height;
    const x = i % width;
    const y = (i - x) / width;
    const full = LIFT_FLOW_SCALE * Math.max(width, height);
    const dx = 0.5 * width * (warp[i] + 1) - x - 0.5;
    const dy = 0.5 * height * (warp[points + i] + 1) - y - 0.5;
    return flowColor(dx / full, dy / full);
  },
  visible: (layers, i) => {
    if (layers.visible[i]) return rgbAt(layers.colour, i);
    return layers.depth[i] > 0 ? mix(greyAt(layers, i, 0.7), HIDDEN, 0.5) : null;
  },
  sky: (layers, i, { skyThreshold }) => {
    if (layers.sky && layers.sky[i] > skyThreshold) return mix(greyAt(layers, i, 1), SKY, 0.6);
    return layers.depth[i] > 0 ? greyAt(layers, i, 0.7) : null;
  },
  error: (layers, i, { maxError }) => {
    const error = layers.error ? layers.error[i] : -1;
    return error >= 0 ? mapped('error', error / maxError) : greyAt(layers, i, 0.5);
  },
  certainty: (layers, i) => (layers.certainty ? mapped('certainty', layers.certainty[i]) : greyAt(layers, i, 0.5)),
};

const rgbAt = (colour: Uint8ClampedArray, i: number): Rgb => [
  colour[4 * i] / 255,
  colour[4 * i + 1] / 255,
  colour[4 * i + 2] / 255,
];

/** The picture without its colours, dimmed by a factor. */
function greyAt({ colour }: DisplayLayers, i: number, factor: number): Rgb {
  const [r, g, b] = rgbAt(colour, i);
  const grey = factor * (0.2126 * r + 0.7152 * g + 0.0722 * b);
  return [grey, grey, grey];
}

function mapped(map: keyof typeof LIFT_COLOR_MAPS, value: number): Rgb {
  const [r, g, b] = colorMapAt(LIFT_COLOR_MAPS[map], value);
  return [r / 255, g / 255, b / 255];
}

const mix = (a: Rgb, b: Rgb, share: number): Rgb => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

/** Quiet diagonal stripes: the sign, as on the Match page, of a place of which nothing is known. */
function hatch(x: number, y: number, ground: Rgb): Rgb {
  const phase = ((x + y + 1) / HATCH) % 1;
  const stripe = Math.min(Math.max((0.25 - Math.abs(phase - 0.5)) * HATCH * Math.SQRT1_2 + 0.5, 0), 1);
  const light = 0.2126 * ground[0] + 0.7152 * ground[1] + 0.0722 * ground[2];
  const contrast = light > 0.5 ? 0 : 1;
  return mix(ground, [contrast, contrast, contrast], 0.08 + 0.12 * stripe);
}
