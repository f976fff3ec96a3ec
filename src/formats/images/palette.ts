/** Bits of each channel that colours are told apart by. */
const BITS = 5;
const LEVELS = 2 ** BITS;
const CELLS = LEVELS ** 3;

/** A box of colour cells: bounds (inclusive) of each channel, and the pixels inside. */
interface Box {
  low: [number, number, number];
  high: [number, number, number];
  pixels: number;
}

const CHANNELS = [0, 1, 2] as const;

/** Counts colours of pictures and chooses few that stand for all (median cut, Heckbert 1982). */
export class PaletteBuilder {
  private readonly counts = new Float64Array(CELLS);

  /** @param pixels RGBA bytes; alpha is not looked at */
  add(pixels: Uint8Array | Uint8ClampedArray): void {
    for (let i = 0; i < pixels.length; i += 4) this.counts[cellOf(pixels[i], pixels[i + 1], pixels[i + 2])]++;
  }

  /** At most `size` colours, three bytes each. */
  build(size: number): Uint8Array<ArrayBuffer> {
    let boxes = [this.shrunk({ low: [0, 0, 0], high: [LEVELS - 1, LEVELS - 1, LEVELS - 1], pixels: 0 })];
    while (boxes.length < size) {
      // The box whose colours are most wrong, all pixels together.
      const weight = (box: Box) => box.pixels * Math.max(...CHANNELS.map((c) => box.high[c] - box.low[c])) ** 2;
      const widest = boxes.reduce((best, box) => (weight(box) > weight(best) ? box : best));
      if (weight(widest) === 0) break;
      boxes = [...boxes.filter((box) => box !== widest), ...this.halves(widest)];
    }
    const palette = new Uint8Array(3 * boxes.length);
    boxes.forEach((box, i) => palette.set(this.mean(box), 3 * i));
    return palette;
  }

  /** Cut across the longest side where half of the pixels are on each side. */
  private halves(box: Box): [Box, Box] {
    const channel = CHANNELS.reduce((best, c) =>
      box.high[c] - box.low[c] > box.high[best] - box.low[best] ? c : best,
    );
    const slices = new Float64Array(LEVELS);
    this.visit(box, (cell, count) => (slices[level(cell, channel)] += count));
    let sum = 0;
    let cut = box.low[channel];
    for (; cut < box.high[channel] - 1; cut++) {
      sum += slices[cut];
      if (sum >= box.pixels / 2) break;
    }
    const bounded = (from: Box['low'], value: number) => from.map((v, c) => (c === channel ? value : v)) as Box['low'];
    return [
      this.shrunk({ ...box, high: bounded(box.high, cut) }),
      this.shrunk({ ...box, low: bounded(box.low, cut + 1) }),
    ];
  }

  /** The same box without its empty margins, counted. */
  private shrunk(box: Box): Box {
    const low: Box['low'] = [LEVELS, LEVELS, LEVELS];
    const high: Box['low'] = [-1, -1, -1];
    let pixels = 0;
    this.visit(box, (cell, count) => {
      pixels += count;
      for (const c of CHANNELS) {
        low[c] = Math.min(low[c], level(cell, c));
        high[c] = Math.max(high[c], level(cell, c));
      }
    });
    return pixels ? { low, high, pixels } : { low: box.low, high: box.low, pixels: 0 };
  }

  private mean(box: Box): number[] {
    const sums = [0, 0, 0];
    this.visit(box, (cell, count) => {
      for (const c of CHANNELS) sums[c] += count * ((level(cell, c) + 0.5) * 8 - 0.5);
    });
    return sums.map((sum) => (box.pixels ? Math.round(sum / box.pixels) : 0));
  }

  private visit({ low, high }: Box, see: (cell: number, count: number) => void): void {
    for (let r = low[0]; r <= high[0]; r++) {
      for (let g = low[1]; g <= high[1]; g++) {
        for (let b = low[2]; b <= high[2]; b++) {
          const cell = (r << (2 * BITS)) | (g << BITS) | b;
          if (this.counts[cell]) see(cell, this.counts[cell]);
        }
      }
    }
  }
}

const cellOf = (r: number, g: number, b: number): number => ((r >> 3) << (2 * BITS)) | ((g >> 3) << BITS) | (b >> 3);
const level = (cell: number, channel: 0 | 1 | 2): number => (cell >> ((2 - channel) * BITS)) & (LEVELS - 1);

/** Thresholds of an 8 × 8 ordered dither (Bayer 1973), −0.5…0.5. */
const DITHER = Float32Array.from({ length: 64 }, (_, i) => {
  const [x, y] = [i & 7, i >> 3];
  let value = 0;
  for (let bit = 0; bit < 3; bit++) value = value * 4 + ((((x ^ y) >> bit) & 1) * 2 + ((y >> bit) & 1));
  return (value + 0.5) / 64 - 0.5;
});
/** Amplitude of the dither: about the distance between two colours of a palette. */
const DITHER_RANGE = 10;

/** Gives every pixel a colour of a palette. The dither's pattern stands still, so that unmoved places do not shimmer. */
export class PaletteMap {
  private readonly nearest = new Int16Array(CELLS).fill(-1);

  /** @param palette three bytes a colour, at most 256 colours */
  constructor(private readonly palette: Uint8Array) {}

  /** Index of the colour of every pixel. @param pixels RGBA bytes, row by row */
  indices(pixels: Uint8Array | Uint8ClampedArray, width: number): Uint8Array<ArrayBuffer> {
    const indices = new Uint8Array(pixels.length / 4);
    for (let i = 0; i < indices.length; i++) {
      const shift = DITHER_RANGE * DITHER[((i % width) & 7) | ((Math.floor(i / width) & 7) << 3)];
      const at = 4 * i;
      const cell = cellOf(byte(pixels[at] + shift), byte(pixels[at + 1] + shift), byte(pixels[at + 2] + shift));
      if (this.nearest[cell] < 0) this.nearest[cell] = this.find(cell);
      indices[i] = this.nearest[cell];
    }
    return indices;
  }

  private find(cell: number): number {
    const [r, g, b] = CHANNELS.map((c) => (level(cell, c) + 0.5) * 8 - 0.5);
    let best = 0;
    let least = Infinity;
    for (let i = 0; 3 * i < this.palette.length; i++) {
      // Eyes are least sensitive to blue, most to green.
      const [red, green, blue] = this.palette.subarray(3 * i, 3 * i + 3);
      const distance = 3 * (red - r) ** 2 + 6 * (green - g) ** 2 + (blue - b) ** 2;
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }
}

const byte = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : value);
