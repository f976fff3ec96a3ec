import { ball, box, clearSky, foliage, pillar, turned } from '../build.ts';
import { inked } from '../lettering.ts';
import { mottled, stones } from '../materials.ts';
import { cells, fbm, fbm3, hash, noise, random } from '../noise.ts';
import type { Material, Primitive } from '../primitive.ts';
import { Solid } from '../primitive.ts';
import type { Lighting, Scene } from '../render.ts';
import type { Vec } from '../vector.ts';
import { add, hex, mix, normalize, rotation, scale, smoothstep } from '../vector.ts';

/** Plaster that comes off the bricks in patches, in the x-y plane of the world. */
const plaster = (colour: string, seed: number): Material => ({
  colour: (_, { point: [x, y, z] }) => {
    const u = x + z;
    const stain = 0.68 + 0.5 * fbm(u * 0.9, y * 0.45, seed, 5);
    const gone = smoothstep(0.64, 0.68, fbm(u * 0.8, y * 0.9, seed + 9, 5) + 0.1 * smoothstep(2, 0, y));
    const fine = 0.88 + 0.25 * fbm(u * 22, y * 22, seed, 3);
    const row = Math.floor(y / 0.09);
    const shifted = u / 0.27 + (row & 1) * 0.5;
    const joint = (y / 0.09) % 1 < 0.13 || Math.abs(shifted % 1) < 0.05;
    const brick = joint ? hex('#a89c8a') : scale(hex('#97553f'), 0.7 + 0.6 * random(Math.floor(shifted), row, seed));
    return scale(mix(hex(colour), brick, gone), stain * fine);
  },
});

/** Squared stones in courses, for a round or straight wall: `around` measures along it. */
const ashlar = (around: (p: Vec) => number): Material => ({
  colour: (p, { point }) => {
    const [s, y] = [around(p), point[1]];
    const row = Math.floor(y / 0.34);
    const shifted = s / 0.62 + 0.5 * (row & 1) + 0.3 * random(row, 4);
    const id = hash(Math.floor(shifted), row, 61);
    const edge = Math.min(shifted - Math.floor(shifted), 1 - shifted + Math.floor(shifted)) * 0.62;
    const joint = smoothstep(0.008, 0.022, Math.min(edge, (y / 0.34 - row) * 0.34));
    const base = [hex('#b8a98c'), hex('#a7977c'), hex('#c4b798'), hex('#9a8d78')][id % 4];
    const moss = 0.35 * smoothstep(0.55, 0.75, fbm(s * 0.8, y * 0.5, 5, 4));
    const stone = scale(base, (0.7 + 0.5 * random(id, 1)) * (0.75 + 0.45 * fbm(s * 14, y * 14, id & 31, 4)));
    return scale(
      mix(mix(stone, hex('#6d7350'), moss), hex('#5d5548'), 1 - joint),
      0.7 + 0.45 * fbm(s * 0.4, y * 0.4, 2, 4),
    );
  },
});

/** Cobbles in arcs, with a star of pale stone around the fountain. */
const paving: Material = {
  colour: ([x, , z]) => {
    const arc = Math.round(x / 1.3);
    const centre: [number, number] = [x - arc * 1.3, ((z % 1.3) + 1.3) % 1.3];
    const cell = cells(
      centre[0] / 0.13 + 91 * arc,
      (z + 0.35 * Math.cos((centre[0] / 1.3) * 2 * Math.PI)) / 0.13,
      0.45,
      7,
    );
    const star =
      Math.abs(Math.hypot(x + 0.3, z - 0.4) - 2.45) < 0.17 || Math.abs(Math.hypot(x + 0.3, z - 0.4) - 3.6) < 0.1;
    const spoke = Math.hypot(x + 0.3, z - 0.4) < 3.6 && Math.abs(Math.sin(4 * Math.atan2(z - 0.4, x + 0.3))) < 0.07;
    const base =
      star || spoke ? hex('#d3c6ab') : [hex('#7c7670'), hex('#8f8678'), hex('#6a6765'), hex('#9b8f7c')][cell.id % 4];
    const joint = 0.35 + 0.65 * smoothstep(0.03, 0.14, cell.second - cell.near);
    return scale(base, joint * (0.7 + 0.5 * random(cell.id, 2)) * (0.7 + 0.5 * fbm(x * 0.8, z * 0.8, 4, 5)));
  },
  bump: ([x, , z]) => {
    const cell = cells(x / 0.13, z / 0.13, 0.45, 7);
    return -0.012 * cell.near ** 2;
  },
  gloss: 0.25,
};

const glass = (seed: number, lit: boolean): Material => ({
  colour: ([x, y]) => scale(hex('#2b3138'), 0.6 + fbm(x * 4, y * 4, seed, 3)),
  emission: ([x, y]) => {
    if (!lit) return [0, 0, 0];
    const curtain = 0.45 + 0.55 * smoothstep(0.1, 0.2, Math.abs(x)) * (0.7 + 0.3 * Math.sin(x * 60 + seed));
    return scale([1.5, 0.86, 0.34], curtain * (0.6 + 0.5 * noise(x * 5, y * 5, seed)));
  },
  gloss: 0.8,
});

const FRAME = mottled(hex('#ddd3bd'), 0.2, 10);
const STONE = mottled(hex('#c6b696'), 0.35, 7, { bump: (p) => 0.004 * fbm3(p, 25, 3) });

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
function arcade(night: boolean): Primitive[] {
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

function tower(night: boolean): Primitive[] {
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

function fountain(): Primitive[] {
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

function cafe(x: number, z: number, colours: readonly string[], id: number): Primitive[] {
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

const LAMPS: readonly Vec[] = [
  [-4.4, 2.95, 0.6],
  [2.2, 2.95, -1.4],
  [1.2, 2.6, -6.0],
];

function lamps(night: boolean): Primitive[] {
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

/** The same square after sunset, by lamplight. */
export const squareAtDusk = (): Scene => square(true);
