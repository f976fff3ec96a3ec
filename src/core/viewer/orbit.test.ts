import { describe, expect, it } from 'vitest';
import { moved, nearer, type Orbit, orbitAxes, orbitView, turned, type Vec3 } from './orbit.ts';

const START: Orbit = { target: [1, 2, 6], distance: 4, yaw: 0, pitch: 0 };
const dot = (p: Vec3, q: Vec3) => p[0] * q[0] + p[1] * q[1] + p[2] * q[2];

describe('an orbit', () => {
  it('looks along +z at first, and always at its target from its distance', () => {
    expect(orbitView(START)).toMatchObject({
      rows: [
        [1, 0, -0],
        [-0, 1, -0],
        [0, 0, 1],
      ],
      eye: [1, 2, 2],
    });
    const { eye, rows } = orbitView({ ...START, yaw: 0.7, pitch: -0.4 });
    const to = START.target.map((value, k) => value - eye[k]) as unknown as Vec3;
    expect(dot(to, rows[2])).toBeCloseTo(4, 9);
    expect(Math.hypot(...to)).toBeCloseTo(4, 9);
  });

  it('has axes at right angles, right-handed', () => {
    const { right, down, forward } = orbitAxes({ ...START, yaw: 2.1, pitch: 0.6 });
    for (const [p, q] of [
      [right, down],
      [down, forward],
      [forward, right],
    ] as const)
      expect(dot(p, q)).toBeCloseTo(0, 9);
    const cross = [
      right[1] * down[2] - right[2] * down[1],
      right[2] * down[0] - right[0] * down[2],
      right[0] * down[1] - right[1] * down[0],
    ];
    cross.forEach((value, k) => expect(value).toBeCloseTo(forward[k], 9));
  });

  it('tilts up to the poles, comes near and far within limits, and moves in its own plane', () => {
    expect(turned(START, 1, 9).pitch).toBeLessThan(Math.PI / 2);
    expect(orbitView(turned(START, 0, 0.5)).eye[1]).toBeLessThan(2);
    expect(nearer(START, 2, 3).distance).toBe(2);
    expect(nearer(START, 1e9, 3).distance).toBeCloseTo(0.03);
    expect(nearer(START, 1e-9, 3).distance).toBe(150);
    const step = moved({ ...START, yaw: 0.5 }, 0.3, -0.2).target.map((value, k) => value - START.target[k]);
    expect(dot(step as unknown as Vec3, orbitAxes({ ...START, yaw: 0.5 }).forward)).toBeCloseTo(0, 9);
    expect(Math.hypot(...step)).toBeGreaterThan(0.5);
  });
});
