import { describe, expect, it } from 'vitest';
import type { PlainField } from '../compute/field/cpu.ts';
import { type Matrix3, multiply3, project } from '../core/matrix3.ts';
import { alignedView, departure, fitFrame, wholeFrame } from './align.ts';

const TRUE: Matrix3 = [0.6, -0.25, 0.1, 0.2, 0.7, -0.05, 0.1, -0.05, 1];

/** A field on a 40 × 30 grid that follows TRUE; every `wrong`-th place points elsewhere. */
function fieldOf(wrong: number, certainty = 0.8): PlainField {
  const grid = { width: 40, height: 30 };
  const points = 1200;
  const field: PlainField = {
    grid,
    photo: { width: 400, height: 300 },
    warp: new Float32Array(2 * points),
    certainty: new Float32Array(points).fill(certainty),
    cycle: new Float32Array(points),
  };
  for (let k = 0; k < points; k++) {
    const x = (2 * (k % 40) + 1) / 40 - 1;
    const y = (2 * Math.floor(k / 40) + 1) / 30 - 1;
    const [u, v] = k % wrong === 0 ? [Math.sin(k), Math.cos(3 * k)] : project(TRUE, x, y);
    field.warp[k] = u;
    field.warp[points + k] = v;
  }
  return field;
}

describe('fitFrame', () => {
  it('finds the view that most certain places agree with', () => {
    const frame = fitFrame(fieldOf(3), 0.3)!;
    for (const [x, y] of [
      [-0.9, -0.9],
      [0.9, -0.9],
      [0, 0],
      [0.9, 0.9],
    ]) {
      const [u, v] = project(frame, x, y);
      const [s, t] = project(TRUE, x, y);
      expect(Math.hypot(u - s, v - t)).toBeLessThan(0.005);
    }
  });

  it('says nothing where nothing is certain, or nothing agrees', () => {
    expect(fitFrame(fieldOf(3, 0.1), 0.3)).toBeNull();
    const chaos = fieldOf(1);
    expect(fitFrame(chaos, 0.3)).toBeNull();
  });

  it('refuses a view that shrinks A to a speck of B', () => {
    const field = fieldOf(1000);
    field.warp = field.warp.map((v) => 0.02 * v);
    expect(fitFrame(field, 0.3)).toBeNull();
  });
});

describe('wholeFrame', () => {
  const photo = { width: 40, height: 30 };

  it('is the photo itself at 0°, and has its sides exchanged at 90°', () => {
    expect(wholeFrame(0, photo)).toMatchObject({ size: photo, growth: 1 });
    wholeFrame(0, photo).matrix.forEach((v, i) => expect(v).toBeCloseTo([1, 0, 0, 0, 1, 0, 0, 0, 1][i], 12));
    expect(wholeFrame(90, photo).size).toEqual({ width: 30, height: 40 });
    // Four quarter turns show the four corners of the photo in the frame's top left.
    const corners = [0, 90, 180, 270].map((degrees) =>
      project(wholeFrame(degrees, photo).matrix, -1, -1).map(Math.round),
    );
    expect(new Set(corners.map(String)).size).toBe(4);
    expect(corners.flat().every((c) => Math.abs(c) === 1)).toBe(true);
  });

  it('turns without scaling or shear, and shows the whole photo', () => {
    const { matrix, size, growth } = wholeFrame(45, photo);
    expect(growth).toBeCloseTo(size.width / 40);
    // One frame pixel to the right is one photo pixel, turned.
    const [x0, y0] = project(matrix, 0, 0);
    const [x1, y1] = project(matrix, 2 / size.width, 0);
    expect(Math.hypot(((x1 - x0) * 40) / 2, ((y1 - y0) * 30) / 2)).toBeCloseTo(1);
    for (const [x, y] of [
      [-1, 0],
      [1, 0],
      [0, -1],
      [0, 1],
    ]) {
      // The middle of each side of the box lies on or outside the photo.
      expect(Math.max(...project(matrix, x, y).map(Math.abs))).toBeGreaterThanOrEqual(1 - 1e-9);
    }
  });

  it('stretches along one direction only', () => {
    const { matrix, size } = wholeFrame(0, photo, { direction: 90, by: 2 });
    expect(size.width).toBeCloseTo(40);
    expect(size.height).toBeCloseTo(60);
    // The whole photo fills the taller box: the frame is the identity in normalised coordinates.
    matrix.forEach((v, i) => expect(v).toBeCloseTo([1, 0, 0, 0, 1, 0, 0, 0, 1][i], 12));
    const slanted = wholeFrame(30, photo, { direction: 45, by: 2 });
    const [x0, y0] = project(slanted.matrix, 0, 0);
    const step = (degrees: number) => {
      const radians = ((degrees + 30) * Math.PI) / 180;
      const [x, y] = project(
        slanted.matrix,
        (2 * Math.cos(radians)) / slanted.size.width,
        (2 * Math.sin(radians)) / slanted.size.height,
      );
      return Math.hypot(((x - x0) * 40) / 2, ((y - y0) * 30) / 2);
    };
    // Seen from the frame, a pixel along the tilt is half a photo pixel, and one across it a whole.
    expect(step(45)).toBeCloseTo(0.5);
    expect(step(135)).toBeCloseTo(1);
  });
});

describe('departure', () => {
  const [photo, tall] = [
    { width: 640, height: 480 },
    { width: 300, height: 500 },
  ];
  const sizes = { a: photo, b: tall };

  it('of photos as they are: what the network sees turned, larger or slanted, not what lies elsewhere', () => {
    const same = { a: photo, b: { width: 320, height: 240 } };
    expect(departure(null, [1, 0, 0.4, 0, 1, -0.3, 0, 0, 1], same)).toBeCloseTo(0, 9);
    expect(departure(null, [1.2, 0, 0, 0, 1.2, 0, 0, 0, 1], same)).toBeCloseTo(0.2, 9);
    // A quarter turn of pixels: 640 × 480 into 480 × 640.
    const turned = { a: photo, b: { width: 480, height: 640 } };
    expect(departure(null, [0, -1, 0, 1, 0, 0, 0, 0, 1], turned)).toBeCloseTo(Math.SQRT2, 9);
    // A's whole frame in a photo that is narrower: squeezed.
    expect(departure(null, [1, 0, 0, 0, 1, 0, 0, 0, 1], sizes)).toBeGreaterThan(0.3);
    expect(departure(null, [0.5, 0, 9, 0, 0.5, 0, 0, 0, 1], same)).toBe(Infinity);
  });

  it.each([
    ['B is drawn', [0.6, -0.25, 0.1, 0.2, 0.7, -0.05, 0.1, -0.05, 1]],
    ['A is drawn', [1.6, -0.25, 0.1, 0.2, 1.7, -0.05, 0.1, -0.05, 1]],
  ] as const)('is none of the motion that was drawn, and grows with what it leaves (%s)', (name, motion) => {
    const drawn = alignedView(motion, sizes);
    expect(drawn.redrawn).toBe(name[0].toLowerCase());
    expect(departure(drawn, motion, sizes)).toBeCloseTo(0, 9);
    const further = multiply3([1, 0, 0.02, 0, 1, 0, 0, 0, 1], motion);
    expect(departure(drawn, further, sizes)).toBeLessThan(0.05);
    const larger = multiply3([1.3, 0, 0, 0, 1.3, 0, 0, 0, 1], motion);
    expect(departure(drawn, larger, sizes)).toBeGreaterThan(0.25);
  });
});
