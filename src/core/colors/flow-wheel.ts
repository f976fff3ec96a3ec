/**
 * The colour wheel of Baker et al., "A Database and Evaluation Methodology for Optical Flow" (IJCV 2011): direction
 * is hue, length is saturation, no motion is white. shaders/match/draw-flow.wgsl computes the same.
 */

type Rgb = [r: number, g: number, b: number];

/** Hues between the wheel's six corners red, yellow, green, cyan, blue, magenta; 55 in all. */
const ARCS = [15, 6, 4, 11, 13, 6];
const CORNERS: Rgb[] = [
  [1, 0, 0],
  [1, 1, 0],
  [0, 1, 0],
  [0, 1, 1],
  [0, 0, 1],
  [1, 0, 1],
  [1, 0, 0],
];

/**
 * Colour (0…1 a channel) of a displacement in image axes (x right, y down), where length 1 is full scale.
 * Longer ones are darkened, as in the Middlebury code.
 */
export function flowColor(x: number, y: number): Rgb {
  const radius = Math.hypot(x, y);
  if (radius < 1e-6) return [1, 1, 1];
  const hue = wheelHue(0.5 * (Math.atan2(-y, -x) / Math.PI + 1) * 54);
  const shade = (c: number) => (radius <= 1 ? 1 - radius * (1 - c) : c * 0.75);
  return [shade(hue[0]), shade(hue[1]), shade(hue[2])];
}

/**
 * The wheel as RGBA bytes, `size` × `size`, for the legend: each place has the colour of the displacement from the
 * centre to it; transparent outside the circle, with an edge one pixel soft.
 */
export function flowWheel(size: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(size * size * 4);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const dx = (2 * x + 1) / size - 1;
      const dy = (2 * y + 1) / size - 1;
      const radius = Math.hypot(dx, dy);
      const inside = Math.max(1, radius);
      const [r, g, b] = flowColor(dx / inside, dy / inside);
      const cover = Math.min(1, Math.max(0, (1 - radius) * (size / 2) + 0.5));
      pixels.set([r * 255, g * 255, b * 255, cover * 255], (y * size + x) * 4);
    }
  }
  return pixels;
}

/** Hue at a place 0…55 on the wheel. */
function wheelHue(place: number): Rgb {
  let rest = place;
  for (let i = 0; i < ARCS.length; i++) {
    if (rest < ARCS[i]) {
      const mix = (c: 0 | 1 | 2) => CORNERS[i][c] + ((CORNERS[i + 1][c] - CORNERS[i][c]) * rest) / ARCS[i];
      return [mix(0), mix(1), mix(2)];
    }
    rest -= ARCS[i];
  }
  return CORNERS[6];
}
