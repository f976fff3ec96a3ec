import { ball, box, pillar, turned } from '../build.ts';
import { mottled } from '../materials.ts';
import { fbm3, noise } from '../noise.ts';
import type { Material, Primitive } from '../primitive.ts';
import { Solid } from '../primitive.ts';
import type { Vec } from '../vector.ts';
import { add, hex, rotation, scale } from '../vector.ts';

export function fountain(): Primitive[] {
  const at: Vec = [-0.3, 0, 0.4];
  const stone = mottled(hex('#bdb097'), 0.35, 9, { bump: (p) => 0.003 * fbm3(p, 30, 3) });
  const carved: Material = {
    ...stone,
    colour: (p, s) =>
      scale(
        stone.colour(p, s),
        Math.abs(p[1] - 0.3) < 0.09 && Math.sin(18 * Math.atan2(p[2], p[0])) * Math.cos(30 * p[1]) > 0.1 ? 0.6 : 1,
      ),
  };
  const pool: Material = { colour: ([x, , z]) => scale(hex('#3f6f72'), 0.7 + 0.5 * noise(x * 14, z * 14)), gloss: 1 };
  return [
    ...turned(
      at,
      [
        [1.22, 0],
        [1.22, 0.1],
        [1.12, 0.16],
        [1.15, 0.45],
        [1.24, 0.5],
        [1.24, 0.56],
        [1.08, 0.56],
        [1.06, 0.3],
      ],
      carved,
      3,
    ),
    new Solid('disc', { at: [at[0], 0.46, at[2]], half: [1.08, 1.08, 1], axes: rotation(0, -90) }, pool),
    ...turned(
      at,
      [
        [0.24, 0.3],
        [0.17, 0.6],
        [0.12, 0.95],
        [0.2, 1.12],
        [0.52, 1.26],
        [0.56, 1.32],
        [0.45, 1.3],
        [0.12, 1.22],
        [0.1, 1.5],
        [0.14, 1.62],
        [0.05, 1.8],
        [0.001, 1.86],
      ],
      stone,
      4,
    ),
  ];
}

export function cafe(x: number, z: number, colours: readonly string[], id: number): Primitive[] {
  const cloth: Material = {
    colour: (p) =>
      scale(
        hex(colours[Math.floor((Math.atan2(p[2], p[0]) / Math.PI) * 5 + 10) % colours.length]),
        0.8 + 0.3 * fbm3(p, 9, 3),
      ),
  };
  const iron = mottled(hex('#3a3d40'), 0.3, 20);
  const cloak: Material = {
    colour: ([px, , pz]) =>
      scale(Math.floor(px * 14 + 50) % 2 === Math.floor(pz * 14 + 50) % 2 ? hex('#b5473a') : hex('#efe6d4'), 0.9),
  };
  const chairs = [0, 1, 2].flatMap((k) => {
    const a = (k * 2.1 + id) % 6.28;
    const at: Vec = [x + 0.68 * Math.cos(a), 0.44, z + 0.68 * Math.sin(a)];
    const wood = mottled(hex('#8c5c36'), 0.4, 20);
    return [
      box(at, [0.36, 0.04, 0.36], wood, rotation(-(a * 180) / Math.PI)),
      box(
        add(at, [0.17 * Math.cos(a), 0.24, 0.17 * Math.sin(a)]),
        [0.04, 0.4, 0.36],
        wood,
        rotation(-(a * 180) / Math.PI),
      ),
      ...[
        [-1, -1],
        [1, -1],
        [-1, 1],
        [1, 1],
      ].map(([i, j]) => box(add(at, [0.14 * i, -0.23, 0.14 * j]), [0.03, 0.44, 0.03], wood)),
    ];
  });
  return [
    pillar([x, 0, z], 0.03, 2.2, iron),
    pillar([x, 0.7, z], 0.4, 0.04, cloak),
    new Solid('frustum', { at: [x, 2.15, z], half: [1.15, 0.2, 1.15] }, cloth, [1, 0.05], true),
    ...chairs,
  ];
}

export const LAMPS: readonly Vec[] = [
  [-4.4, 2.95, 0.6],
  [2.2, 2.95, -1.4],
  [1.2, 2.6, -6.0],
];

export function lamps(night: boolean): Primitive[] {
  const iron = mottled(hex('#2a2d2f'), 0.3, 20, { gloss: 0.4 });
  return LAMPS.slice(0, 2).flatMap(([x, y, z]) => [
    ...turned(
      [x, 0, z],
      [
        [0.14, 0],
        [0.1, 0.2],
        [0.05, 0.4],
        [0.04, 1.4],
        [0.06, 1.45],
        [0.035, 1.5],
        [0.03, y - 0.2],
        [0.12, y - 0.16],
      ],
      iron,
      2,
    ),
    ball([x, y, z], 0.15, { colour: () => hex('#e9e4d2'), emission: () => (night ? [5, 3.4, 1.7] : [0, 0, 0]) }),
    new Solid('frustum', { at: [x, y + 0.2, z], half: [0.1, 0.06, 0.1] }, iron, [1, 0.2]),
  ]);
}
