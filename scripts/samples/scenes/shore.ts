import { ball, box, clearSky } from '../build.ts';
import { mottled, stones } from '../materials.ts';
import { fbm, fbm3, hash, noise, random, sequence } from '../noise.ts';
import type { Material, Primitive } from '../primitive.ts';
import { Solid } from '../primitive.ts';
import type { Scene } from '../render.ts';
import type { Vec } from '../vector.ts';
import { hex, mix, normalize, rotation, scale, smoothstep } from '../vector.ts';

const STONES = ['#8d8a84', '#a59c8d', '#6f7276', '#b9ac98', '#7d6f66', '#c9c0b0', '#5c6064', '#98705f', '#8b8f7a'].map(
  hex,
);

/** Each pebble its own rock: speckled granite, banded slate, or with a quartz vein. */
function pebble(id: number): Material {
  const base = STONES[hash(id, 1) % STONES.length];
  const kind = hash(id, 2) % 4;
  const tilt = 2 * random(id, 3);
  return {
    colour: (p) => {
      const speckle = 0.7 + 0.55 * fbm3(p, 90, 3);
      const level = p[1] + tilt * p[0] + 0.012 * fbm3(p, 30, 3);
      if (kind === 1) return scale(base, speckle * (0.8 + 0.35 * Math.sin(level * 260)));
      if (kind === 2 && Math.abs(level - 0.01) < 0.004) return scale(hex('#e6e0d3'), speckle);
      if (kind === 3 && noise(p[0] * 240, p[1] * 240, p[2] * 240) > 0.72) return scale(hex('#2e2f31'), speckle);
      return scale(base, speckle);
    },
    bump: (p) => 0.003 * fbm3(p, 45, 3),
    gloss: 0.25,
  };
}

const WATER: Material = {
  colour: ([x, y]) => {
    const foam = smoothstep(0.62, 0.7, fbm(x * 3, y * 7, 3, 5) + 0.3 * smoothstep(-5.4, -6.2, y));
    const deep = mix(hex('#2b6b78'), hex('#1d4660'), smoothstep(-4, 4, y));
    return mix(scale(deep, 0.75 + 0.5 * fbm(x * 2, y * 6, 8, 4)), hex('#e9eef0'), foam * 0.8);
  },
  bump: ([x, y]) => 0.05 * fbm(x * 1.6, y * 4.2, 5, 4),
  gloss: 0.9,
};

/** Small stones between and behind the pebbles, too many to model. */
const SHINGLE = stones(0.055, ['#8d8678', '#a19784', '#76716a', '#b4a891', '#69665f', '#94806c'], 4, 0.9);

/** A shingle beach with driftwood, rocks in the surf, and headlands behind. */
export function shore(): Scene {
  const primitives: Primitive[] = [
    box([0, -0.3, 1], [14, 0.4, 9], SHINGLE, rotation(0, 3)),
    new Solid('quad', { at: [0, -0.28, -13], half: [40, 12, 1], axes: rotation(0, -90) }, WATER),
  ];
  const next = sequence(3);
  const bed = (z: number) => -0.1 - 0.052 * (1 - z);
  for (let i = 0; i < 5200; i++) {
    const depth = next() ** 1.5;
    const z = 2.7 - 5.6 * depth;
    const x = (next() - 0.5) * (2.2 + 7 * depth);
    const r = 0.022 + 0.085 * next() ** 3.2;
    primitives.push(
      ball(
        [x, bed(z) + r * 0.35 + 0.02 * next(), z],
        [r * (1 + 0.5 * next()), r * (0.5 + 0.25 * next()), r],
        pebble(i),
        rotation(360 * next(), 24 * (next() - 0.5), 24 * (next() - 0.5)),
      ),
    );
  }
  const crag = (seed: number, colour: string): Material =>
    mottled(hex(colour), 0.55, 3, { bump: (p) => 0.1 * fbm3(p, 3 + (seed % 3), 5) });
  const rocks: [number, number, number, number][] = [
    [-1.5, 0.05, -1.1, 0.52],
    [-2.3, 0, -2.3, 0.7],
    [1.9, -0.05, -3.2, 0.8],
    [2.9, -0.1, -4.6, 1.1],
    [-0.4, -0.2, -5.5, 0.6],
    [-4.6, 0, -6.6, 1.5],
  ];
  rocks.forEach(([x, y, z, r], i) => {
    for (let k = 0; k < 4; k++) {
      const shift: Vec = [
        x + r * 0.5 * (random(i, k) - 0.5),
        y + r * 0.25 * (random(i, k, 2) - 0.5),
        z + r * 0.5 * (random(i, k, 3) - 0.5),
      ];
      primitives.push(
        box(
          shift,
          [r * 1.2, r * 0.8, r],
          crag(i + k, '#5f5b57'),
          rotation(90 * random(i, k, 4), 40 * random(i, k, 5) - 20, 50 * random(i, k, 6) - 25),
        ),
      );
    }
  });
  const bark: Material = {
    colour: (p) => scale(hex('#b3a48e'), 0.45 + 0.8 * fbm(p[0] * 60, p[1] * 3, p[2] * 60, 4)),
    bump: (p) => 0.008 * fbm(p[0] * 60, p[1] * 4, p[2] * 60, 3),
  };
  primitives.push(
    new Solid(
      'frustum',
      { at: [0.5, 0.0, 0.75], half: [0.085, 0.95, 0.085], axes: rotation(20, 8, 82) },
      bark,
      [1, 0.5],
    ),
  );
  primitives.push(
    new Solid(
      'frustum',
      { at: [0.95, 0.16, 0.7], half: [0.04, 0.35, 0.04], axes: rotation(60, 20, 50) },
      bark,
      [1, 0.3],
    ),
  );
  const hills: [number, number, number, number, string][] = [
    [-20, -1, -38, 13, '#5f7360'],
    [-6, -4, -52, 14, '#71838a'],
    [22, -2, -44, 16, '#66796d'],
    [36, -2, -34, 15, '#4f6650'],
  ];
  for (const [x, y, z, r, colour] of hills) {
    primitives.push(
      ball([x, y, z], [r, r * 0.36, r * 0.6], mottled(hex(colour), 0.5, 0.9, { bump: (p) => 0.5 * fbm3(p, 0.8, 4) })),
    );
  }
  const sun: Vec = [0.8, 0.6, -0.25];
  const clear = clearSky('#4f86c4', '#d9dde0', 1, normalize(sun), [0.5, 0.42, 0.3]);
  return {
    primitives,
    lighting: {
      sun: { towards: sun, colour: [3.3, 2.85, 2.25], spread: 0.014 },
      sky: (d) => {
        const height = Math.max(0.05, d[1]);
        const cloud = smoothstep(0.48, 0.72, fbm((d[0] / height) * 0.6 + 4, (d[2] / height) * 0.9, 6, 6));
        return mix(clear(d), [1.05, 1.0, 0.96], cloud * smoothstep(0, 0.12, d[1]) * 0.6);
      },
      ambient: [0.16, 0.17, 0.18],
      exposure: 0.62,
      haze: { density: 0.008, colour: [0.72, 0.77, 0.82] },
    },
  };
}
