import { ball, box, clearSky } from '../build.ts';
import { Heightfield } from '../heightfield.ts';
import { mottled } from '../materials.ts';
import { cells, fbm, hash, noise, random, sequence } from '../noise.ts';
import type { Material, Primitive } from '../primitive.ts';
import type { Scene } from '../render.ts';
import type { Vec } from '../vector.ts';
import { clamp01, hex, mix, normalize, rotation, scale, smoothstep } from '../vector.ts';

/** Kilometres. The heights are exaggerated a little, as relief maps do. */
const HALF = 2.6;

/** Where the river runs: x as a function of z. */
const river = (z: number) => 0.35 * Math.sin(1.3 * z + 0.6) + 0.16 * Math.sin(3.1 * z + 2) + 0.12;
const fromRiver = (x: number, z: number) => Math.abs(x - river(z)) / Math.hypot(1, 0.5 * Math.cos(1.3 * z));
const road = (x: number) => 0.25 * Math.sin(1.7 * x + 1) - 0.18 + 0.1 * Math.sin(5 * x);

/** Ridges: folded noise, sharper where it is high. */
function ridges(x: number, z: number): number {
  let sum = 0;
  let weight = 0.5;
  let carry = 1;
  let f = 0.75;
  for (let i = 0; i < 7; i++) {
    const fold = (1 - Math.abs(2 * noise(x * f + 11 * i, z * f - 7 * i, i) - 1)) ** 2;
    sum += fold * weight * carry;
    carry = clamp01(fold * 1.6);
    weight *= 0.5;
    f *= 2.1;
  }
  return sum;
}

function height(x: number, z: number): number {
  const valley = smoothstep(0.12, 1.25, fromRiver(x, z) + 0.25 * (fbm(x * 1.5, z * 1.5, 3, 3) - 0.5));
  const hills = 0.09 * fbm(x * 2.2, z * 2.2, 9, 5);
  const bed = -0.03 * (1 - smoothstep(0.02, 0.07, fromRiver(x, z)));
  return hills * (0.25 + valley) + 0.78 * valley * ridges(x, z) * smoothstep(0.1, 1.4, fromRiver(x, z)) + bed;
}

const FIELDS = ['#a8a04e', '#7e9444', '#c2ae63', '#5f7f3a', '#90793f', '#b9b876', '#6e8f4e', '#d0bd7e'].map(hex);

const ground: Material = {
  colour: ([x, y, z], { normal }) => {
    const slope = 1 - normal[1];
    const detail = fbm(x * 60, z * 60, 2, 4);
    const grass = mix(hex('#4f6a30'), hex('#8a8f4c'), smoothstep(0.3, 0.7, fbm(x * 7, z * 7, 4, 4)));
    let colour = scale(grass, 0.6 + 0.8 * detail);
    const bend: [number, number] = [x + 0.04 * noise(x * 5, z * 5, 1), z + 0.04 * noise(x * 5, z * 5, 8)];
    const field = cells(bend[0] * 5.5 + 0.35 * bend[1], bend[1] * 7.5, 0.85, 5);
    const farmed =
      smoothstep(0.075, 0.06, slope) * smoothstep(0.19, 0.13, y) * smoothstep(0.05, 0.075, fromRiver(x, z));
    if (farmed > 0.3 && random(field.id, 3) > 0.15) {
      const angle = 6.28 * random(field.id, 8);
      const rows =
        0.85 + 0.3 * Math.sin(520 * (x * Math.cos(angle) + z * Math.sin(angle)) * (0.4 + random(field.id, 4)));
      const crop = scale(FIELDS[field.id % FIELDS.length], rows * (0.65 + 0.5 * fbm(x * 25, z * 25, 5, 4)));
      colour = field.second - field.near < 0.05 ? scale(hex('#38512a'), 0.6 + detail * 0.7) : crop;
    }
    const strata =
      0.7 + 0.35 * Math.sin(y * 170 + 5 * fbm(x * 4, z * 4, 3, 3)) * noise(x * 9, z * 9, 5) + 0.4 * (detail - 0.5);
    const rock = scale(mix(hex('#8d8376'), hex('#6b6057'), noise(x * 3, z * 3, 6)), strata);
    colour = mix(colour, rock, smoothstep(0.1, 0.24, slope + 0.25 * (detail - 0.5) + 0.35 * smoothstep(0.35, 0.5, y)));
    const snow = smoothstep(0.4, 0.47, y + 0.12 * (fbm(x * 9, z * 9, 7, 4) - 0.5)) * smoothstep(0.34, 0.2, slope);
    colour = mix(colour, hex('#eef2f6'), snow);
    const bank = fromRiver(x, z) + 0.012 * noise(x * 30, z * 30, 3);
    if (bank < 0.06) colour = mix(scale(hex('#c2b48c'), 0.7 + 0.6 * detail), colour, smoothstep(0.048, 0.06, bank));
    const track = Math.abs(z - road(x)) / Math.hypot(1, 0.5);
    if (track < 0.014 && y < 0.3)
      colour = mix(scale(hex('#cbc2ae'), 0.8 + 0.3 * detail), colour, smoothstep(0.009, 0.014, track));
    return colour;
  },
};

const water: Material = {
  colour: ([x, , z]) =>
    scale(mix(hex('#1f4f5a'), hex('#3c7f82'), fbm(x * 12, z * 12, 4, 3)), 0.8 + 0.3 * noise(x * 120, z * 60)),
  gloss: 0.6,
};

const tree = (id: number, dark: boolean): Material => {
  const base = hex(
    (dark ? ['#24402a', '#2d4d2e', '#1f3826', '#35552f'] : ['#4c6e2c', '#5d7d33', '#7b8b3a', '#3f6228', '#b0792f'])[
      (id % 4) + (!dark && id % 13 === 0 ? 1 : 0)
    ],
  );
  return {
    colour: ([x, y, z]) =>
      scale(base, (0.55 + 0.7 * random(id, 5)) * (0.6 + 0.8 * noise(x * 260, y * 260 + z * 260, id))),
  };
};

/** Houses of one village: a box and a ridge turned on its edge. */
function house(ground: Heightfield, x: number, z: number, turn: number, id: number): Primitive[] {
  const y = ground.at(x, z);
  const [w, d, h] = [0.024 + 0.014 * random(id, 1), 0.034 + 0.02 * random(id, 2), 0.018 + 0.008 * random(id, 3)];
  const walls = mottled(hex(['#e6dcc6', '#d9c6a2', '#efe9dc', '#cdb79a'][id % 4]), 0.2, 60);
  const tiles = hex(['#a4513a', '#8d4330', '#b9654a', '#77463c', '#5d5a5c'][hash(id, 7) % 5]);
  const roof: Material = {
    colour: (p) => scale(tiles, (0.75 + 0.35 * Math.sin(p[0] * 900)) * (0.7 + 0.5 * noise(p[0] * 90, p[2] * 120, id))),
  };
  const yaw = rotation(turn);
  const side: Vec = yaw[0];
  const lean = (s: number) => {
    const at: Vec = [x + side[0] * s * w * 0.26, y + h + w * 0.2, z + side[2] * s * w * 0.26];
    const tilted = rotation(turn, 0, -s * 40);
    return box(at, [w * 0.78, 0.003, d * 1.12], roof, tilted);
  };
  return [
    box([x, y + h / 2, z], [w, h, d], walls, yaw),
    box([x, y + h, z], [w * 0.5, w * 0.36, d * 0.98], walls, yaw),
    lean(1),
    lean(-1),
  ];
}

/** A valley with a river, fields, woods and a village under snowy ridges, seen from the air. */
export function terrain(): Scene {
  const land = new Heightfield(height, HALF, 1100, ground);
  const primitives: Primitive[] = [land, box([0, -0.028 + 0.026, 0], [2 * HALF, 0.016, 2 * HALF], water)];
  const next = sequence(8);
  for (let i = 0; i < 30000 && primitives.length < 9000; i++) {
    const [x, z] = [(next() * 2 - 1) * 2.2, (next() * 2 - 1) * 2.2];
    const size = 0.009 + 0.009 * next();
    const y = land.at(x, z);
    const slope = Math.hypot(land.at(x + 0.01, z) - y, land.at(x, z + 0.01) - y) / 0.01;
    const wood = fbm(x * 2.1, z * 2.1, 31, 4);
    if (y > 0.36 || slope > 0.85 || fromRiver(x, z) < 0.065 || Math.abs(z - road(x)) < 0.025) continue;
    if (wood < 0.56 && random(i, 77) > 0.03) continue;
    const conifer = y > 0.17 + 0.08 * (random(i, 5) - 0.5);
    primitives.push(
      ball(
        [x, y + size * (conifer ? 1 : 0.6), z],
        [size * 0.75, size * (conifer ? 1.7 : 0.95), size * 0.75],
        tree(i, conifer),
      ),
    );
  }
  for (let i = 0; i < 300; i++) {
    const [a, r] = [6.283 * next(), 0.36 * next() ** 0.7];
    const x = -0.42 + r * Math.cos(a);
    const z = road(-0.42) + r * 0.8 * Math.sin(a);
    const turn = 18 + 90 * Math.floor(4 * next()) + 24 * (next() - 0.5);
    if (fromRiver(x, z) < 0.1 || Math.abs(z - road(x)) < 0.04 || i % 3) continue;
    primitives.push(...house(land, x, z, turn, i));
  }
  const [cx, cz] = [-0.36, road(-0.36) - 0.08];
  primitives.push(
    ...house(land, cx, cz, 18, 900),
    box([cx + 0.03, land.at(cx, cz) + 0.05, cz], [0.022, 0.1, 0.022], mottled(hex('#e3d8c0'), 0.2, 50), rotation(18)),
    box(
      [cx + 0.03, land.at(cx, cz) + 0.106, cz],
      [0.026, 0.014, 0.026],
      mottled(hex('#5c4a44'), 0.2, 50),
      rotation(18),
    ),
    box(
      [river(road(0)), 0.02, road(river(road(0)))],
      [0.2, 0.012, 0.026],
      mottled(hex('#c9bda4'), 0.2, 40),
      rotation(-12),
    ),
  );
  const sun: Vec = [-0.8, 0.75, 0.35];
  return {
    primitives,
    lighting: {
      sun: { towards: sun, colour: [3.7, 3.3, 2.75], spread: 0.01 },
      sky: clearSky('#4f86c6', '#b9d0e4', 0.9, normalize(sun), [0.4, 0.36, 0.3]),
      ambient: [0.14, 0.16, 0.18],
      exposure: 0.66,
      haze: { density: 0.035, colour: [0.62, 0.72, 0.85] },
    },
  };
}
