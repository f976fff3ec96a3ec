import { box, pillar } from '../build.ts';
import { mottled } from '../materials.ts';
import { fbm, fbm3, hash, random } from '../noise.ts';
import type { Material, Primitive } from '../primitive.ts';
import { Solid } from '../primitive.ts';
import type { Vec } from '../vector.ts';
import { add, hex, rotation, scale } from '../vector.ts';
import { ashlar, FRAME, glass, plaster, STONE } from './square-materials.ts';

/** A shuttered window on a wall that faces +z, or +x when turned by 90°. */
function window(at: Vec, turn: number, seed: number, lit: boolean, colour: string): Primitive[] {
  const axes = rotation(turn);
  const place = (x: number, y: number, z: number): Vec =>
    add(at, add(scale(axes[0], x), add([0, y, 0], scale(axes[2], z))));
  const slats: Material = {
    colour: ([x, y]) =>
      scale(
        hex(colour),
        (Math.abs(x) > 0.18 ? 1 : 0.5 + 0.5 * Math.abs((((y / 0.055) % 1) + 1) % 1)) *
          (0.65 + 0.6 * fbm(x * 5, y * 5, seed, 4)),
      ),
  };
  return [
    new Solid('quad', { at: place(0, 0, 0.015), half: [0.42, 0.68, 1], axes }, glass(seed, lit)),
    ...[-0.42, 0, 0.42].map((x) => box(place(x, 0, 0.03), [0.06, 1.36, 0.05], FRAME, axes)),
    ...[-0.66, 0.2, 0.66].map((y) => box(place(0, y, 0.03), [0.84, 0.06, 0.05], FRAME, axes)),
    ...[-1, 1].map((s) => box(place(s * 0.7, 0, 0.04), [0.46, 1.44, 0.05], slats, axes)),
    box(place(0, -0.77, 0.08), [1.15, 0.1, 0.22], STONE, axes),
    box(place(0, 0.8, 0.04), [1.1, 0.14, 0.1], STONE, axes),
  ];
}

/** A house over three round arches. The curve is cut into narrow boxes behind a ring of voussoirs. */
export function arcade(night: boolean): Primitive[] {
  const wall = plaster('#d6a761', 3);
  const [z, spring, radius, step] = [-3.2, 1.75, 0.85, 2.3];
  const parts: Primitive[] = [
    box([-2.4, 5.1, z - 1.6], [7.4, 4.2, 3], wall),
    box([-2.4, 1.5, z - 3], [7.4, 3, 0.2], plaster('#b98a55', 5)),
    box([-2.4, 3.06, z + 0.02], [7.5, 0.16, 0.3], STONE),
    box([-2.4, 7.25, z + 0.05], [7.8, 0.2, 0.5], STONE),
    box(
      [-2.4, 8.0, z - 1.4],
      [7.9, 0.12, 3.4],
      {
        colour: (p) =>
          scale(hex('#9a523a'), (0.5 + 0.55 * Math.abs(Math.sin(p[0] * 13)) ** 0.6) * (0.65 + 0.55 * fbm3(p, 5, 4))),
      },
      rotation(0, 24),
    ),
  ];
  for (let i = -1; i <= 1; i++) {
    const x = -2.4 + i * step;
    const slices = 22;
    for (let s = 0; s < slices; s++) {
      const dx = ((s + 0.5) / slices) * 2 * radius - radius;
      const low = spring + Math.sqrt(radius ** 2 - dx ** 2);
      parts.push(box([x + dx, (low + 3) / 2, z - 0.25], [(2 * radius) / slices + 0.002, 3 - low, 0.45], wall));
    }
    for (let k = 0; k < 13; k++) {
      const a = (Math.PI * (k + 0.5)) / 13;
      const tone = mottled(hex(k % 2 ? '#cdbf9f' : '#b3a485'), 0.3, 9);
      const at: Vec = [x + (radius + 0.11) * Math.cos(a), spring + (radius + 0.11) * Math.sin(a), z - 0.2];
      parts.push(box(at, [0.3, 0.225, 0.5], tone, rotation(0, 0, (a * 180) / Math.PI)));
    }
    parts.push(new Solid('quad', { at: [x, 1.1, z - 2.85], half: [0.55, 1.0, 1] }, glass(70 + i, night)));
    parts.push(...window([x, 5.2, z - 0.1], 0, 20 + i, night && i !== 0, '#3f6f63'));
  }
  for (let i = -2; i <= 1; i++) {
    const x = -2.4 + (i + 0.5) * step;
    parts.push(
      pillar(
        [x, 0, z - 0.22],
        0.24,
        1.6,
        ashlar((p) => Math.atan2(p[2], p[0]) * 0.24),
      ),
    );
    parts.push(box([x, 0.1, z - 0.22], [0.64, 0.2, 0.64], STONE), box([x, 1.66, z - 0.22], [0.64, 0.2, 0.62], STONE));
    parts.push(box([x, 2.4, z - 0.25], [step - 2 * radius, 1.3, 0.44], wall));
  }
  return parts;
}

const CLOCK: Material = {
  colour: ([x, y]) => {
    const r = Math.hypot(x, y);
    const hour = (Math.atan2(y, x) / (2 * Math.PI)) * 12;
    const tick = r > 0.4 && r < 0.5 && Math.abs(hour - Math.round(hour)) < 0.09;
    const hand =
      (Math.abs(x - 0.5 * y) < 0.03 && y > -0.05 && y < 0.26) ||
      (Math.abs(y + 0.25 * x) < 0.022 && x < 0.05 && x > -0.4);
    return r > 0.54 || tick || hand ? hex('#2b3440') : hex('#ece3cc');
  },
};

export function tower(night: boolean): Primitive[] {
  const round = ashlar((p) => Math.atan2(p[2], p[0]) * 1.5);
  const at: Vec = [3.6, 0, -4.2];
  const slate: Material = {
    colour: (p) => {
      const row = Math.floor(p[1] * 6);
      const id = hash(Math.floor(Math.atan2(p[2], p[0]) * 9 + (row & 1) * 0.5), row, 3);
      return scale(hex(['#596473', '#4b5563', '#6b7280', '#5f5a66'][id % 4]), 0.7 + 0.5 * random(id, 5));
    },
    gloss: 0.3,
  };
  return [
    pillar(at, 1.5, 6.6, round),
    pillar([at[0], 6.5, at[2]], 1.68, 0.3, STONE),
    new Solid('frustum', { at: [at[0], 7.9, at[2]], half: [1.8, 1.2, 1.8] }, slate, [1, 0.03]),
    new Solid('disc', { at: [at[0] - 0.3, 5.1, at[2] + 1.53], half: [0.58, 0.58, 1], axes: rotation(-11) }, CLOCK),
    ...window([at[0] - 0.3, 2.9, at[2] + 1.49], -11, 44, night, '#6d4a3a'),
    box([at[0] - 0.2, 0.95, at[2] + 1.42], [0.95, 1.9, 0.2], mottled(hex('#5b3b27'), 0.4, 6), rotation(-8)),
    box([6.3, 2.6, -2.6], [2.6, 5.2, 7], plaster('#c98c6a', 8)),
    ...[-4.6, -2.4, -0.2].map((z, i) => window([4.98, 3.6, z + 0.4], -90, 50 + i, night && i !== 1, '#4f6f8c')).flat(),
  ];
}
