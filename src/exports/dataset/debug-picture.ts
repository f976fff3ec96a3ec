import type { Side, Size } from '../../core/geometry.ts';

interface Pixels extends Size {
  data: Uint8ClampedArray<ArrayBuffer>;
}

/** Two pictures of one size and where each pixel lies in the other one. */
export interface PairPictures {
  readonly size: Size;
  /** RGBA. */
  readonly colour: Readonly<Record<Side, Uint8ClampedArray>>;
  /** [2, h, w] on each picture's grid to the place in the other one, normalised. */
  readonly warp: Readonly<Record<Side, Float32Array>>;
  /** 1 where the other picture shows the same place. */
  readonly visible: Readonly<Record<Side, Uint8Array>>;
}

const PANELS = 3;
/** Both sides are shrunk by this. */
const SHRINK = 2;
/** What the truth leaves out is dark. */
const HIDDEN = [32, 32, 36] as const;
/** Matches lie on a grid of this many columns and rows over the photo. */
const MARKS = { columns: 5, rows: 2 };
const MARK_RADIUS = 3;

/**
 * A picture to check a sample by eye: the photo, the new view, and the photo rebuilt from the view's colours by the
 * exact warp, dark where the view does not show it. Matching places of photo and view have marks of one colour.
 */
export function debugPicture({ size, colour, warp, visible }: PairPictures): Pixels {
  const { width, height } = size;
  const panel = { width: Math.floor(width / SHRINK), height: Math.floor(height / SHRINK) };
  const out: Pixels = {
    width: PANELS * panel.width,
    height: panel.height,
    data: new Uint8ClampedArray(4 * PANELS * panel.width * panel.height).fill(255),
  };
  const points = width * height;
  for (let y = 0; y < panel.height; y++) {
    for (let x = 0; x < panel.width; x++) {
      const from = SHRINK * y * width + SHRINK * x;
      const to = 4 * (y * out.width + x);
      for (let c = 0; c < 3; c++) {
        out.data[to + c] = meanOfFour(colour.a, from, width, c);
        out.data[to + 4 * panel.width + c] = meanOfFour(colour.b, from, width, c);
      }
      const column = clamp(Math.floor((warp.a[from] + 1) * 0.5 * width), width);
      const row = clamp(Math.floor((warp.a[points + from] + 1) * 0.5 * height), height);
      const rebuilt = visible.a[from] ? colour.b.subarray(4 * (row * width + column)) : HIDDEN;
      for (let c = 0; c < 3; c++) out.data[to + 8 * panel.width + c] = rebuilt[c];
    }
  }
  markMatches(out, { size, warp, visible }, panel.width);
  return out;
}

type Truth = Pick<PairPictures, 'size' | 'warp' | 'visible'>;

function markMatches(out: Pixels, { size, warp, visible }: Truth, panelWidth: number): void {
  const { width, height } = size;
  const count = MARKS.columns * MARKS.rows;
  for (let n = 0; n < count; n++) {
    const x = Math.floor(((n % MARKS.columns) + 0.5) * (width / MARKS.columns));
    const y = Math.floor((Math.floor(n / MARKS.columns) + 0.5) * (height / MARKS.rows));
    const i = y * width + x;
    if (!visible.a[i]) continue;
    const colour = hue(n / count);
    mark(out, x / SHRINK, y / SHRINK, colour);
    const toX = ((warp.a[i] + 1) * width) / 2 / SHRINK;
    mark(out, panelWidth + toX, ((warp.a[width * height + i] + 1) * height) / 2 / SHRINK, colour);
  }
}

function mark({ data, width, height }: Pixels, x: number, y: number, colour: readonly number[]): void {
  for (let row = Math.ceil(y - MARK_RADIUS); row <= y + MARK_RADIUS; row++) {
    for (let column = Math.ceil(x - MARK_RADIUS); column <= x + MARK_RADIUS; column++) {
      if (row < 0 || column < 0 || row >= height || column >= width) continue;
      if (Math.hypot(column - x, row - y) <= MARK_RADIUS) data.set(colour, 4 * (row * width + column));
    }
  }
}

/** A bright colour of the wheel, 0…1 around it. */
function hue(turn: number): number[] {
  return [0, 1 / 3, 2 / 3].map((shift) => 255 * clamp01(2 - 6 * Math.abs(((turn + shift + 0.5) % 1) - 0.5)));
}

function meanOfFour(data: Uint8ClampedArray, pixel: number, width: number, c: number): number {
  const at = 4 * pixel + c;
  return (data[at] + data[at + 4] + data[at + 4 * width] + data[at + 4 * width + 4]) / 4;
}

const clamp = (value: number, length: number): number => Math.min(Math.max(value, 0), length - 1);
const clamp01 = (value: number): number => Math.min(Math.max(value, 0), 1);
