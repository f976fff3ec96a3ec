import { describe, expect, it } from 'vitest';
import type { PlainField } from '../gpu/reference/field.ts';
import { type Matrix3, project } from '../shared/matrix3.ts';
import { fitFrame, quarterTurnFrame } from './align.ts';

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
    for (const [x, y] of [[-0.9, -0.9], [0.9, -0.9], [0, 0], [0.9, 0.9]]) {
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

describe('quarterTurnFrame', () => {
  it('shows the corner of the photo that a turned photo has there', () => {
    const photo = { width: 40, height: 30 };
    expect(quarterTurnFrame(0, photo).size).toEqual(photo);
    expect(quarterTurnFrame(1, photo).size).toEqual({ width: 30, height: 40 });
    // Four turns come back: each takes the top left corner one corner further.
    const corners = [0, 1, 2, 3].map((turns) => project(quarterTurnFrame(turns, photo).matrix, -1, -1));
    expect(new Set(corners.map(String)).size).toBe(4);
  });
});
