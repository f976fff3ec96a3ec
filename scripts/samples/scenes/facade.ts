import { ball, box, clearSky, foliage, pillar } from '../build.ts';
import { bricks, mottled, stones } from '../materials.ts';
import { fbm, fbm3, hash, noise, random, sequence } from '../noise.ts';
import type { Material, Primitive } from '../primitive.ts';
import { Solid } from '../primitive.ts';
import type { Scene } from '../render.ts';
import type { Vec } from '../vector.ts';
import { hex, normalize, rotation, scale, smoothstep } from '../vector.ts';
import { glass, LIMESTONE, NEIGHBOUR, poster, shutter, sign, stripes } from './facade-materials.ts';

const WIDTH = 12;
const HEIGHT = 8.4;
const DEPTH = 0.4;

interface Opening {
  x: number;
  y: number;
  width: number;
  height: number;
}

const WINDOWS: Opening[] = [3.9, 6.45].flatMap((y) =>
  [-4.6, -2.3, 0, 2.3, 4.6].map((x) => ({ x, y, width: 1.05, height: 1.5 })),
);
const SHOP: Opening = { x: -2.5, y: 0.5, width: 3.6, height: 1.85 };
const DOOR: Opening = { x: 1.2, y: 0, width: 1.25, height: 2.5 };
const SIDE: Opening = { x: 4.1, y: 0.9, width: 1.5, height: 1.4 };
const OPENINGS = [...WINDOWS, SHOP, DOOR, SIDE];

/** The wall as boxes around its openings; the bricks run on, since their pattern is in wall coordinates. */
function wall(): Primitive[] {
  const material = bricks(4);
  const xs = [
    ...new Set([-WIDTH / 2, WIDTH / 2, ...OPENINGS.flatMap((o) => [o.x - o.width / 2, o.x + o.width / 2])]),
  ].sort((a, b) => a - b);
  const ys = [...new Set([0, HEIGHT, ...OPENINGS.flatMap((o) => [o.y, o.y + o.height])])].sort((a, b) => a - b);
  const pieces: Primitive[] = [];
  for (let i = 0; i + 1 < xs.length; i++) {
    for (let j = 0; j + 1 < ys.length; j++) {
      const [x, y] = [(xs[i] + xs[i + 1]) / 2, (ys[j] + ys[j + 1]) / 2];
      if (OPENINGS.some((o) => Math.abs(x - o.x) < o.width / 2 && y > o.y && y < o.y + o.height)) continue;
      const shifted: Material = {
        colour: (p, s) => material.colour([p[0] + x, p[1] + y, p[2]], s),
        bump: (p) => material.bump!([p[0] + x, p[1] + y, p[2]]),
      };
      pieces.push(box([x, y, -DEPTH / 2], [xs[i + 1] - xs[i], ys[j + 1] - ys[j], DEPTH], shifted));
    }
  }
  return pieces;
}

function window(o: Opening, seed: number, frame: Material): Primitive[] {
  const { x, y, width, height } = o;
  const middle = y + height / 2;
  const bar = (dx: number, dy: number, w: number, h: number) => box([x + dx, middle + dy, -0.2], [w, h, 0.06], frame);
  const keystone = mottled(hex('#d8ccb2'), 0.3, 8);
  return [
    new Solid('quad', { at: [x, middle, -0.24], half: [width / 2, height / 2, 1] }, glass(seed)),
    bar(0, height / 2 - 0.04, width, 0.08),
    bar(0, 0.04 - height / 2, width, 0.08),
    bar(width / 2 - 0.04, 0, 0.08, height),
    bar(0.04 - width / 2, 0, 0.08, height),
    bar(0, 0, 0.06, height),
    bar(0, height * 0.18, width, 0.05),
    box([x, y - 0.06, 0.04], [width + 0.3, 0.12, 0.3], LIMESTONE),
    box([x, y + height + 0.13, 0.0], [width + 0.34, 0.26, 0.1], LIMESTONE),
    box([x, y + height + 0.15, 0.06], [0.2, 0.36, 0.1], keystone),
  ];
}

function door(): Primitive[] {
  const { x, height, width } = DOOR;
  const green: Material = {
    colour: ([px, py]) => {
      const u = Math.abs(px) - 0.27;
      const v = (((py + 1.25) / 0.62) % 1) - 0.5;
      const panel = smoothstep(0.02, 0.03, Math.abs(Math.max(Math.abs(u) - 0.16, Math.abs(v) * 0.62 - 0.22)));
      return scale(hex('#2f5b4a'), (0.55 + 0.45 * panel) * (0.75 + 0.5 * fbm(px * 7, py * 3, 4, 4)));
    },
    gloss: 0.3,
  };
  return [
    box([x, height / 2, -0.22], [width, height, 0.08], green),
    ball([x + 0.12, 1.1, -0.15], 0.04, mottled(hex('#c79a3e'), 0.2, 30, { gloss: 1 })),
    box([x, height + 0.16, 0.03], [width + 0.6, 0.32, 0.16], LIMESTONE),
    ...[-1, 1].map((s) => box([x + s * (width / 2 + 0.14), height / 2, 0.03], [0.28, height, 0.14], LIMESTONE)),
    box([x, 0.08, 0.35], [1.9, 0.16, 0.7], LIMESTONE),
  ];
}

/** An old brick house with a shop, ivy and shutters, on a cobbled street in the morning. */
export function facade(): Scene {
  const frame = mottled(hex('#e9e3d4'), 0.15, 12);
  const iron = mottled(hex('#26282b'), 0.3, 20, { gloss: 0.4 });
  const greens = ['#4c7a34', '#39662e', '#6b9440', '#2f5529', '#86a34d'];
  const shopBack: Material = {
    colour: ([x, y]) => {
      const shelf = Math.floor((y + 1) / 0.36);
      const id = hash(Math.floor((x + 0.03 * noise(y, x)) / 0.075), shelf, 3);
      const tall = 0.22 + 0.11 * ((id & 255) / 255);
      if (y + 1 - shelf * 0.36 > tall) return hex('#231d18');
      return scale(
        [hex('#a8402f'), hex('#d8b45c'), hex('#35597d'), hex('#dcd3bd'), hex('#3d6a52'), hex('#7b4a6b')][id % 6],
        0.35 + 0.4 * random(id, 2),
      );
    },
    gloss: 0.9,
  };
  const primitives: Primitive[] = [
    ...wall(),
    ...WINDOWS.flatMap((o, i) => window(o, i + 1, frame)),
    ...window(SIDE, 40, frame),
    ...WINDOWS.flatMap((o, i) =>
      [-1, 1].flatMap((s) =>
        i % 5 === 2
          ? []
          : [
              box(
                [o.x + s * (o.width / 2 + 0.29), o.y + o.height / 2, 0.035],
                [0.52, o.height, 0.05],
                shutter(i < 5 ? '#4f7f8c' : '#5c8a80', i),
              ),
            ],
      ),
    ),
    new Solid(
      'quad',
      { at: [SHOP.x, SHOP.y + SHOP.height / 2, -0.25], half: [SHOP.width / 2, SHOP.height / 2, 1] },
      shopBack,
    ),
    ...[-1.77, -0.6, 0.6, 1.77].map((dx) =>
      box([SHOP.x + dx, SHOP.y + SHOP.height / 2, -0.16], [0.1, SHOP.height, 0.12], mottled(hex('#1f3a37'), 0.2, 9)),
    ),
    box([SHOP.x, 0.25, 0.02], [SHOP.width + 0.2, 0.5, 0.1], mottled(hex('#1f3a37'), 0.25, 5)),
    box([SHOP.x, 3.02, 0.07], [3.6, 0.6, 0.12], sign),
    new Solid('quad', { at: [SHOP.x, 2.34, 0.6], half: [1.95, 0.68, 1], axes: rotation(0, -68) }, stripes),
    new Solid('quad', { at: [SHOP.x, 2.03, 1.22], half: [1.95, 0.12, 1] }, stripes),
    ...door(),
    box([0, 8.05, 0.08], [WIDTH + 0.3, 0.18, 0.35], LIMESTONE),
    box([0, 8.45, 0.14], [WIDTH + 0.6, 0.28, 0.7], LIMESTONE),
    box([0, 3.5, 0.03], [WIDTH, 0.14, 0.12], LIMESTONE),
    box(
      [0, 10.2, -1.4],
      [WIDTH + 0.5, 0.15, 4.4],
      {
        colour: (p) =>
          scale(hex('#7b4a3a'), (0.5 + 0.6 * Math.abs(Math.sin(p[0] * 12)) ** 0.5) * (0.7 + 0.5 * fbm3(p, 3, 4))),
      },
      rotation(0, 52),
    ),
    box([0, -0.02, 0.9], [WIDTH + 10, 0.16, 1.8], stones(0.62, ['#a9a294', '#b7ae9d', '#989081'], 5, 0.25)),
    box([0, -0.1, 10], [60, 0.1, 40], stones(0.17, ['#7d7870', '#8d867a', '#6c6963', '#9a9082', '#77706a'], 9, 0.6)),
    box([-11.5, 4, -2.2], [11, 9, 4], mottled(hex('#c9a878'), 0.35, 1.2)),
    box([11.5, 3.4, -2.4], [11, 7.6, 4], NEIGHBOUR),
    box([11.5, 7.3, -2.3], [11.4, 0.25, 4.6], LIMESTONE),
    ...[
      [2.3, 1.35, 0],
      [2.92, 1.42, 2],
      [2.55, 2.35, -4],
    ].map(
      ([x, y, turn], i) =>
        new Solid(
          'quad',
          { at: [x, y, 0.012 + 0.004 * i], half: [0.27, 0.4, 1], axes: rotation(0, 0, turn) },
          poster(7 + 3 * i),
        ),
    ),
    pillar([5.45, 0.05, 1.5], 0.05, 3.1, iron),
    box([5.45, 3.3, 1.5], [0.3, 0.4, 0.3], mottled(hex('#d9cfae'), 0.2, 9, { gloss: 0.8 })),
    box([5.45, 3.56, 1.5], [0.4, 0.06, 0.4], iron),
  ];
  for (const o of WINDOWS.slice(0, 5)) {
    primitives.push(box([o.x, o.y + 0.1, 0.2], [o.width, 0.2, 0.24], mottled(hex('#9a4e33'), 0.25, 12)));
    primitives.push(
      ...foliage(
        70,
        Math.round(o.x * 10) + 99,
        (n) => [o.x + (n() - 0.5) * o.width, o.y + 0.18 + 0.22 * n(), 0.2 + 0.28 * (n() - 0.4)],
        { size: 0.06, palette: greens },
      ),
    );
    primitives.push(
      ...foliage(
        34,
        Math.round(o.x * 10) + 199,
        (n) => [o.x + (n() - 0.5) * o.width, o.y + 0.2 + 0.26 * n(), 0.26 + 0.28 * (n() - 0.3)],
        { size: 0.045, palette: ['#d8425b', '#f0b54a', '#e9e2d0', '#c5528b'] },
      ),
    );
  }
  primitives.push(
    ...foliage(
      5200,
      17,
      (n) => {
        const [x, y] = [2.7 + 3.4 * n(), 8.2 * n()];
        const reach = 0.25 + 0.55 * fbm(x * 0.9, y * 0.45, 6, 4) + (x - 4.6) * 0.16 - 0.02 * y;
        if (
          reach < 0.53 ||
          OPENINGS.some((o) => Math.abs(x - o.x) < o.width / 2 - 0.1 && y > o.y && y < o.y + o.height - 0.1)
        )
          return null;
        return [x, y, 0.05 + 0.22 * n() * smoothstep(0.55, 0.9, reach)];
      },
      { size: 0.1, palette: greens, facing: [0, 0.35, 1], spread: 0.75 },
    ),
  );
  const next = sequence(33);
  for (const x of [-5.4, 0.1, 2.9]) {
    primitives.push(pillar([x, 0.06, 0.55], 0.24, 0.45, mottled(hex('#9b5136'), 0.3, 10)));
    primitives.push(
      ...foliage(
        260,
        Math.round(1000 * next()),
        (n) => {
          const [a, r, h] = [6.283 * n(), n() ** 0.5, n()];
          return [
            x + 0.42 * r * Math.cos(a) * (1.1 - h * 0.5),
            0.5 + 0.95 * h,
            0.55 + 0.42 * r * Math.sin(a) * (1.1 - h * 0.5),
          ];
        },
        { size: 0.085, palette: greens, spread: 1.1 },
      ),
    );
  }
  const sun: Vec = [-0.75, 0.85, 0.75];
  return {
    primitives,
    lighting: {
      sun: { towards: sun, colour: [3.6, 3.15, 2.55], spread: 0.012 },
      sky: clearSky('#5d8fce', '#c9dcec', 1.05, normalize(sun), [0.5, 0.45, 0.35]),
      ambient: [0.22, 0.22, 0.22],
      exposure: 0.62,
    },
  };
}
