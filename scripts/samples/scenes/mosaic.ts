import { ball, clearSky, foliage } from '../build.ts';
import { inked } from '../lettering.ts';
import { mottled } from '../materials.ts';
import { cells, fbm, fbm3, random, sequence } from '../noise.ts';
import type { Material, Primitive } from '../primitive.ts';
import { Solid } from '../primitive.ts';
import type { Scene } from '../render.ts';
import type { Vec } from '../vector.ts';
import { clamp01, hex, normalize, rotation, scale, smoothstep } from '../vector.ts';

const [IVORY, SLATE, RUST, OCHRE, TEAL, WINE, SAND] = [
  '#e4dcc8',
  '#39444e',
  '#a8482e',
  '#cf9a3c',
  '#2f6a70',
  '#6e2a35',
  '#c4ae88',
].map(hex);

/** The design that the tesserae follow: a compass rose in rings, a braided border, four corner animals of the sky. */
function design(x: number, z: number): Vec {
  const radius = Math.hypot(x, z);
  const angle = Math.atan2(x, -z);
  if (radius < 0.09) return radius < 0.045 ? OCHRE : WINE;
  if (radius < 0.62) {
    const petal = (count: number, shift: number) =>
      Math.abs((((angle / (2 * Math.PI)) * count + shift + 8) % 1) - 0.5) * 2;
    const main = petal(4, 0.5);
    const minor = petal(8, 0.5);
    if (radius < 0.6 * (1 - main) ** 0.75 + 0.03)
      return Math.sin(angle * 2) * (((angle * 4) / Math.PI) % 2 > 1 ? 1 : -1) > 0 ? RUST : OCHRE;
    if (radius < 0.42 * (1 - minor) ** 0.8 + 0.06) return petal(16, 0.25) > 0.5 ? TEAL : SAND;
    return radius > 0.57 ? SLATE : IVORY;
  }
  if (radius < 0.66) return WINE;
  if (radius < 0.86) {
    for (const [letter, a] of [
      ['N', 0],
      ['E', 90],
      ['S', 180],
      ['W', 270],
    ] as const) {
      const t = (a * Math.PI) / 180;
      const u = x * Math.cos(t) + z * Math.sin(t);
      const v = x * Math.sin(t) - z * Math.cos(t);
      if (Math.abs(u) < 0.12 && v > 0.6)
        return inked(letter, (u + 0.05) / 0.13, (v - 0.695) / 0.13, 0.24) ? SLATE : IVORY;
    }
    const wave = 0.76 + 0.05 * Math.sin(16 * angle);
    const other = 0.76 - 0.05 * Math.sin(16 * angle);
    if (Math.abs(radius - wave) < 0.022) return TEAL;
    return Math.abs(radius - other) < 0.022 ? RUST : SAND;
  }
  if (radius < 0.9) return SLATE;
  const [ax, az] = [Math.abs(x), Math.abs(z)];
  const edge = Math.max(ax, az);
  if (edge > 1.05) {
    if (edge > 1.38) return scale(SAND, 0.9);
    const along = ax > az ? z : x;
    const across = (edge - 1.21) / 0.13;
    if (Math.abs(across) > 0.9) return Math.abs(across) > 1.1 ? IVORY : SLATE;
    if (Math.abs(across - 0.6 * Math.sin(along * 14)) < 0.3) return OCHRE;
    if (Math.abs(across + 0.6 * Math.sin(along * 14)) < 0.3) return WINE;
    return Math.abs(across) < 0.22 ? IVORY : TEAL;
  }
  // Corners: sun, moon, fish and leaf, told apart by the signs of x and z.
  const u = (ax - 0.84) * 1;
  const v = (az - 0.84) * 1;
  const r = Math.hypot(u, v);
  const a = Math.atan2(v, u);
  if (x < 0 && z < 0) return r < 0.085 ? OCHRE : r < 0.12 + 0.06 * Math.cos(10 * a) ? RUST : IVORY;
  if (x > 0 && z < 0) return r < 0.14 && Math.hypot(u - 0.055, v - 0.03) > 0.11 ? OCHRE : r < 0.19 ? TEAL : IVORY;
  if (x < 0) {
    const body = Math.abs(v) < 0.075 * Math.cos(u * 10) && Math.abs(u) < 0.15;
    const tail = u > 0.1 && u < 0.19 && Math.abs(v) < (u - 0.1) * 0.9;
    return body || tail ? (Math.sin(u * 70 + 6 * Math.cos(v * 30)) > 0 ? TEAL : SLATE) : IVORY;
  }
  const blade = Math.abs(v - u * 0.2) < 0.08 * (1 - (u / 0.18) ** 2);
  return blade ? (Math.abs(v - u * 0.2) < 0.012 ? OCHRE : TEAL) : IVORY;
}

const SIZE = 0.021;

/** Hand-set tesserae: the design's colour at each stone's middle, its own tone and tilt, grout between. */
const tesserae: Material = {
  colour: ([x, y, z]) => {
    const cell = cells(x / SIZE, z / SIZE, 0.55, 2);
    const grout = smoothstep(0.04, 0.13, cell.second - cell.near);
    const base = design(cell.x * SIZE, cell.y * SIZE);
    const worn = 0.72 + 0.5 * fbm(x * 2.4, z * 2.4, 12, 5);
    const tone = 0.72 + 0.5 * random(cell.id, 1);
    const lost = fbm(x * 1.9 + 3, z * 1.9, 55, 4) + 0.12 * (random(cell.id, 9) - 0.5) > 0.7;
    if (lost) return scale(hex('#8f8473'), worn * (0.7 + 0.5 * fbm3([x, y, z], 70, 3)));
    const grain = 0.85 + 0.3 * fbm(x * 160, z * 160, cell.id & 15, 2);
    return scale([0, 1, 2].map((k) => 0.26 * (1 - grout) + base[k] * tone * grain * grout) as unknown as Vec, worn);
  },
  bump: ([x, , z]) => {
    const cell = cells(x / SIZE, z / SIZE, 0.55, 2);
    const tilt = (random(cell.id, 3) - 0.5) * (x - cell.x * SIZE) + (random(cell.id, 4) - 0.5) * (z - cell.y * SIZE);
    return 0.0022 * clamp01(smoothstep(0.02, 0.16, cell.second - cell.near)) + 0.2 * tilt;
  },
  gloss: 0.3,
};

/** A mosaic floor with fallen leaves and a few pebbles, in the dappled light of a tree. */
export function mosaic(): Scene {
  const autumn = ['#c9752c', '#b5512a', '#d9a441', '#8d5a2b', '#a8872f', '#7b3a26'];
  const primitives: Primitive[] = [
    new Solid(
      'quad',
      { at: [0, 0, 0], half: [3, 3, 1], axes: rotation(0, -90) },
      {
        ...tesserae,
        colour: (_, s) => tesserae.colour([s.point[0], 0, s.point[2]], s),
        bump: (p) => tesserae.bump!([p[0], 0, -p[1]]),
      },
    ),
  ];
  const next = sequence(41);
  for (let i = 0; i < 26; i++) {
    const [a, d] = [6.283 * next(), 0.35 + 1.2 * next()];
    const r = 0.02 + 0.035 * next();
    const at: Vec = [d * Math.cos(a), r * 0.5, d * Math.sin(a)];
    primitives.push(
      ball(
        at,
        [r * 1.2, r * 0.65, r],
        mottled(hex(['#8a8580', '#a79c8b', '#6d6f72', '#b9b0a2'][i % 4]), 0.4, 40, {
          bump: (p) => 0.004 * fbm3(p, 50, 4),
        }),
        rotation(360 * next()),
      ),
    );
  }
  primitives.push(
    ...foliage(
      95,
      23,
      (n) => {
        const [x, z] = [3.4 * (n() - 0.5), 3.4 * (n() - 0.5)];
        return fbm(x * 1.2, z * 1.2, 3, 3) + 0.25 * n() > 0.55 ? [x, 0.014 + 0.02 * n(), z] : null;
      },
      { size: 0.065, palette: autumn, facing: [0, 1, 0], spread: 0.28 },
    ),
  );
  // The tree itself, above the cameras: only its shadow is seen.
  primitives.push(
    ...foliage(
      330,
      29,
      (n) => {
        const [x, z] = [-3.2 + 4.6 * (n() - 0.3), 1.4 + 5 * (n() - 0.5)];
        return fbm(x, z, 13, 3) > 0.5 ? [x - 2.6, 5.4 + n(), z] : null;
      },
      { size: 0.24, palette: ['#4d6b2c'], facing: [0, 1, 0], spread: 0.6 },
    ),
  );
  const sun: Vec = [-0.95, 1, 0.3];
  return {
    primitives,
    lighting: {
      sun: { towards: sun, colour: [3.4, 2.95, 2.35], spread: 0.014 },
      sky: clearSky('#8fb2dd', '#d9e2ea', 0.95, normalize(sun), [0.4, 0.36, 0.3]),
      ambient: [0.25, 0.24, 0.22],
      exposure: 0.56,
    },
  };
}
