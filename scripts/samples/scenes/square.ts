import { box, clearSky, foliage, pillar } from '../build.ts';
import { inked } from '../lettering.ts';
import { mottled, stones } from '../materials.ts';
import { fbm } from '../noise.ts';
import type { Primitive } from '../primitive.ts';
import { Solid } from '../primitive.ts';
import type { Lighting, Scene } from '../render.ts';
import type { Vec } from '../vector.ts';
import { add, hex, mix, normalize, rotation, scale, smoothstep } from '../vector.ts';
import { arcade, tower } from './square-buildings.ts';
import { cafe, fountain, LAMPS, lamps } from './square-furniture.ts';
import { ashlar, paving, plaster } from './square-materials.ts';

const SUN: Vec = [-0.55, 0.8, 0.85];

const DAY: Lighting = {
  sun: { towards: SUN, colour: [3.5, 3.05, 2.45], spread: 0.014 },
  sky: clearSky('#5389cc', '#cbdcea', 1, normalize(SUN), [0.5, 0.45, 0.35]),
  ambient: [0.22, 0.22, 0.22],
  exposure: 0.6,
};

/** The sun is down to the roofs on the other side; the lamps have just been lit. */
const DUSK: Lighting = {
  sun: { towards: [0.75, 0.42, 0.8], colour: [2.1, 1.15, 0.6], spread: 0.03 },
  sky: (d) => {
    const glow = Math.max(0, 0.7 * d[0] + 0.5 * d[2]) * smoothstep(0.6, 0, d[1]);
    const [u, v] = [(d[0] * 4) / (0.25 + Math.abs(d[1])), (d[2] * 4) / (0.25 + Math.abs(d[1]))];
    const cloud = smoothstep(0.5, 0.75, fbm(u, v, 3, 4));
    const base = mix(hex('#a394b4'), hex('#3d629e'), smoothstep(0, 0.55, d[1]));
    return scale(add(mix(base, hex('#e0ac98'), 0.5 * cloud), scale([1, 0.42, 0.16], 0.7 * glow)), 0.8);
  },
  lamps: LAMPS.map((at) => ({ at, radius: 0.15, power: [3.4, 2.2, 1.05] })),
  ambient: [0.13, 0.13, 0.16],
  exposure: 1.0,
};

function square(night: boolean): Scene {
  const greens = ['#4f7a35', '#3d672e', '#6a8f3f', '#2f5529', '#86a048'];
  const bark = mottled(hex('#6b5440'), 0.5, 12);
  const primitives: Primitive[] = [
    new Solid(
      'quad',
      { at: [0, 0, 0], half: [14, 14, 1], axes: rotation(0, -90) },
      {
        ...paving,
        colour: (_, s) => paving.colour([s.point[0], 0, s.point[2]], s),
        bump: (p) => paving.bump!([p[0], 0, -p[1]]),
      },
    ),
    ...arcade(night),
    ...tower(night),
    ...fountain(),
    ...cafe(-3.7, -1.5, ['#d9cfb6', '#b5543a'], 0),
    ...cafe(-2.0, -1.9, ['#3f6f7c', '#e3d8bd'], 1),
    ...cafe(1.9, 1.0, ['#c99a3a', '#ece1c8'], 2),
    ...lamps(night),
    box([-7.6, 3.2, -3], [2.6, 6.4, 9], plaster('#b9a58a', 12)),
    box([0.8, 3.1, -10], [9, 6.2, 2], plaster('#c2a98d', 13)),
    box([-2.4, 3.32, -3.02], [2.2, 0.36, 0.06], {
      colour: ([x, y]) =>
        inked('CAFE 4 VIEWS', (x + 0.95) / 0.165, (y + 0.08) / 0.165, 0.2) ? hex('#efe0b0') : hex('#3b2a26'),
    }),
    pillar([4.1, 0, 0.9], 0.14, 2.2, bark),
    ...foliage(
      1500,
      12,
      (n) => {
        const [a, h, r] = [6.283 * n(), n(), n() ** 0.4];
        const width = 1.35 * Math.sin(Math.PI * Math.min(1, 0.2 + 0.8 * h)) ** 0.7;
        return [4.1 + width * r * Math.cos(a), 1.8 + 2.6 * h, 0.9 + width * r * Math.sin(a)];
      },
      { size: 0.12, palette: greens, spread: 1.2 },
    ),
    box(
      [4.1, 0.2, 0.9],
      [1.3, 0.4, 1.3],
      ashlar((p) => p[0] + p[2]),
    ),
    ...[-5.2, -0.1].flatMap((x) => [
      pillar([x, 0, -2.7], 0.26, 0.5, mottled(hex('#a0563a'), 0.3, 10)),
      ...foliage(
        220,
        Math.round(x * 10) + 80,
        (n) => {
          const [a, h, r] = [6.283 * n(), n(), n() ** 0.5];
          return [x + 0.4 * r * Math.cos(a), 0.5 + 0.8 * h, -2.7 + 0.4 * r * Math.sin(a)];
        },
        { size: 0.08, palette: greens, spread: 1.1 },
      ),
    ]),
    box([-6, 0.05, 0], [0.1, 0.1, 12], stones(0.5, ['#a9a294', '#b7ae9d'], 5, 0.2)),
  ];
  return { primitives, lighting: night ? DUSK : DAY };
}

/** A small square with an arcade, a tower, a fountain and a café, at noon. */
export const squareByDay = (): Scene => square(false);

/** The same square in the evening, the lamps just lit. */
export const squareAtDusk = (): Scene => square(true);
