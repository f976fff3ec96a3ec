import { ball, box, clearSky, foliage, pillar, turned } from '../build.ts';
import { inked, textWidth } from '../lettering.ts';
import { mottled, planks, woven } from '../materials.ts';
import { fbm, fbm3, hash, noise, random } from '../noise.ts';
import type { Material, Primitive } from '../primitive.ts';
import { Solid } from '../primitive.ts';
import type { Scene } from '../render.ts';
import type { Vec } from '../vector.ts';
import { hex, mix, normalize, rotation, scale, smoothstep } from '../vector.ts';

const TILE = 0.14;

/** Painted wall tiles in the x-y plane: a patchwork of eight motifs in blue, ochre and green on old white glaze. */
const TILES: Material = {
  colour: ([x, y]) => {
    const column = Math.floor(x / TILE);
    const row = Math.floor(y / TILE);
    const id = hash(column, row, 91);
    const u = (x / TILE - column) * 2 - 1;
    const v = (y / TILE - row) * 2 - 1;
    const edge = Math.max(Math.abs(u), Math.abs(v));
    if (edge > 0.965) return scale(hex('#a39a8b'), 0.8 + 0.4 * noise(x * 90, y * 90));
    const glaze = scale(hex('#ece5d4'), 0.82 + 0.2 * random(id, 1) + 0.12 * (fbm(x * 22, y * 22, id & 31, 3) - 0.5));
    const paint = [hex('#1f4f8f'), hex('#2a6aa8'), hex('#c08a2c'), hex('#2f6f5e'), hex('#16386b')][(id >>> 6) % 5];
    const second = [hex('#c9952f'), hex('#7fa7cf'), hex('#1f4f8f')][(id >>> 12) % 3];
    const radius = Math.hypot(u, v);
    const angle = Math.atan2(v, u);
    let ink = 0;
    let accent = 0;
    switch (id % 8) {
      case 0:
        ink = radius < 0.55 + 0.3 * Math.cos(8 * angle) && radius > 0.2 ? 1 : 0;
        accent = radius < 0.14 ? 1 : 0;
        break;
      case 1:
        ink = Math.abs(Math.hypot(Math.abs(u) - 1, Math.abs(v) - 1) - 0.8) < 0.12 ? 1 : 0;
        accent = Math.abs(u) + Math.abs(v) < 0.28 ? 1 : 0;
        break;
      case 2:
        ink = Math.abs(Math.abs(u) + Math.abs(v) - 0.8) < 0.1 ? 1 : 0;
        accent = radius < 0.42 + 0.14 * Math.cos(4 * angle) ? 1 : 0;
        break;
      case 3:
        ink = Math.sin(9 * radius - 2 * angle) > 0.35 && radius < 0.92 ? 1 : 0;
        break;
      case 4:
        ink = u > v === (id & 0x1000) > 0 ? 1 : 0;
        accent = Math.hypot(u - 0.4, v + 0.4) < 0.22 ? 1 : 0;
        break;
      case 5:
        ink = Math.abs(radius - 0.72) < 0.09 || Math.abs(radius - 0.4) < 0.07 ? 1 : 0;
        accent = Math.abs(u * v) < 0.012 && radius < 0.64 ? 1 : 0;
        break;
      case 6:
        accent = edge > 0.78 ? 1 : 0;
        ink = Math.hypot(u * 0.8, v - 0.1) < 0.5 * (1 + 0.4 * Math.sin(5 * angle)) ? 1 : 0;
        break;
      default:
        ink = Math.floor((u + 1) * 2) % 2 === Math.floor((v + 1) * 2) % 2 ? 0.85 : 0;
    }
    const brush = 0.65 + 0.5 * fbm(x * 60, y * 60, 7, 3);
    const painted = mix(mix(glaze, paint, ink * brush), second, accent * brush);
    const grime = 0.8 + 0.3 * fbm(x * 2.2, y * 2.2, 12, 4);
    return scale(painted, grime);
  },
  bump: ([x, y]) => {
    const u = Math.abs(x / TILE - Math.round(x / TILE));
    const v = Math.abs(y / TILE - Math.round(y / TILE));
    const tilt = random(Math.floor(x / TILE), Math.floor(y / TILE), 4) - 0.5;
    return (
      0.003 * smoothstep(0.005, 0.03, Math.min(u, v)) +
      0.012 * tilt * (x / TILE - Math.floor(x / TILE)) * TILE +
      0.0012 * noise(x * 25, y * 25)
    );
  },
  gloss: 0.7,
};

/** A cover or spine in the x-z plane of its book, with a title along x and a frame. */
function cover(colour: string, ink: string, title: string, width: number, depth: number): Material {
  const [base, gold] = [hex(colour), hex(ink)];
  const size = Math.min(0.034, (0.8 * width) / textWidth(title));
  return {
    colour: ([x, y, z], { local }) => {
      const cloth = 0.8 + 0.25 * noise(x * 900, z * 900 + y * 900) + 0.25 * (fbm3(local, 18, 3) - 0.5);
      const side = Math.abs(z) > depth / 2 - 1e-4;
      const tx = x + (textWidth(title) * size) / 2;
      const ty = side ? y + size * 0.3 : -z - size / 2 - depth * 0.16;
      const scaled = side ? 0.6 : 1;
      const letter = inked(
        title,
        (side ? x + textWidth(title) * size * 0.3 : tx) / (size * scaled),
        ty / (size * scaled),
        0.17,
      );
      const rim = !side && Math.abs(Math.max(Math.abs(x) - width / 2, Math.abs(z) - depth / 2) + 0.012) < 0.0018;
      const motif =
        !side &&
        Math.abs(Math.hypot(x, z - depth * 0.17) * (1 + 0.15 * Math.cos(6 * Math.atan2(z - depth * 0.17, x))) - 0.026) <
          0.004;
      return letter || rim || motif ? scale(gold, cloth) : scale(base, cloth);
    },
    gloss: 0.2,
  };
}

const PAGES: Material = {
  colour: ([x, y, z]) => scale(hex('#d9ccb0'), 0.65 + 0.45 * noise(x * 4, y * 1400, z * 4)),
};

function book(at: Vec, size: Vec, yaw: number, colour: string, ink: string, title: string): Primitive[] {
  const axes = rotation(yaw);
  const [w, h, d] = size;
  const binding = cover(colour, ink, title, w, d);
  const lift = (dy: number, dz = 0): Vec => [at[0] + axes[2][0] * dz, at[1] + dy, at[2] + axes[2][2] * dz];
  return [
    box(lift(0.0015), [w, 0.003, d], binding, axes),
    box(lift(h - 0.0015), [w, 0.003, d], binding, axes),
    box(lift(h / 2, -0.004), [w - 0.012, h - 0.006, d - 0.012], PAGES, axes),
    box(
      lift(h / 2, d / 2 - 0.002),
      [w, h, 0.004],
      { ...binding, colour: (p, s) => binding.colour([p[0], p[1], d / 2], s) },
      axes,
    ),
  ];
}

const peel = (colour: string, id: number): Material => ({
  colour: (p) => {
    const base = mix(hex(colour), hex('#c9b23a'), 0.4 * smoothstep(0.5, 0.75, fbm3(p, 22, 4)));
    return scale(base, (0.75 + 0.35 * random(id, 2)) * (0.8 + 0.35 * noise(p[0] * 300, p[1] * 300, p[2] * 300)));
  },
  bump: (p) => 0.0011 * noise(p[0] * 330, p[1] * 330, p[2] * 330) + 0.001 * noise(p[0] * 60, p[1] * 60, p[2] * 60),
  gloss: 0.5,
});

const VASE: Material = {
  colour: (p) => {
    const angle = Math.atan2(p[2], p[0]);
    const y = p[1];
    const cream = scale(hex('#e6dcc4'), 0.85 + 0.25 * fbm3(p, 30, 3));
    const blue = hex('#234f86');
    const petals = y > 0.09 && y < 0.21 && Math.abs(y - 0.15) < 0.05 * Math.abs(Math.sin(4 * angle + 14 * (y - 0.15)));
    const rings = [0.03, 0.045, 0.075, 0.225, 0.24, 0.285].some(
      (level, i) => Math.abs(y - level) < (i % 2 ? 0.0025 : 0.005),
    );
    const dots = y > 0.05 && y < 0.07 && Math.abs(Math.sin(16 * angle)) > 0.8;
    const ochre = y > 0.25 && y < 0.275 && Math.sin(22 * angle + 200 * y) > 0;
    const brush = 0.7 + 0.4 * fbm(angle * 9, y * 90, 2, 3);
    if (petals || rings || dots) return mix(cream, blue, brush);
    return ochre ? mix(cream, hex('#b5782a'), brush) : cream;
  },
  gloss: 0.8,
};

/** A kitchen table against tiles, lit from a window on the left. */
export function stillLife(): Scene {
  const table = planks(hex('#b98756'), hex('#5e3a20'), 0.13, 3, 0.35);
  const clay = mottled(hex('#a85f3c'), 0.3, 25, { gloss: 0.1, bump: (p) => 0.0006 * Math.sin(p[1] * 500) });
  const bowl: Material = {
    colour: (p) => {
      const stripe =
        Math.abs(p[1] - 0.062) < 0.006 ||
        (p[1] > 0.02 && p[1] < 0.05 && Math.sin(14 * Math.atan2(p[2], p[0]) + 90 * p[1]) > 0.2);
      return scale(hex(stripe ? '#2f6f68' : '#d8cdb2'), 0.8 + 0.3 * fbm3(p, 40, 3));
    },
    gloss: 0.7,
  };
  const primitives: Primitive[] = [
    box([0, -0.03, 0], [2.6, 0.06, 1.3], table),
    new Solid('quad', { at: [0, 0.6, -0.62], half: [2.4, 1.6, 1] }, TILES),
    box([0, -0.9, 2], [8, 0.1, 8], mottled(hex('#6e5a48'), 0.3, 3)),
    // Window frame out of sight on the left, which cuts the light into panes.
    ...[-0.9, -0.35, 0.2, 0.75].map((z) => box([-2.2, 1.4, z + 0.9], [0.06, 3, 0.07], mottled(hex('#ddd5c5'), 0.1, 5))),
    box([-2.2, 1.25, 0.9], [0.06, 0.07, 3], mottled(hex('#ddd5c5'), 0.1, 5)),
    box(
      [0.12, 0.004, 0.2],
      [0.95, 0.006, 0.42],
      woven(['#b5432f', '#e5d6b5', '#2d4b6e', '#e5d6b5', '#c98f33', '#7c2f2b', '#e5d6b5'], 0.034),
      rotation(-9),
    ),
    ...turned(
      [-0.36, 0.002, -0.1],
      [
        [0.055, 0],
        [0.085, 0.06],
        [0.1, 0.14],
        [0.075, 0.22],
        [0.042, 0.27],
        [0.055, 0.3],
        [0.05, 0.302],
      ],
      VASE,
    ),
    ...turned(
      [0.3, 0.008, 0.05],
      [
        [0.05, 0],
        [0.06, 0.008],
        [0.11, 0.035],
        [0.145, 0.085],
        [0.15, 0.1],
        [0.143, 0.1],
        [0.1, 0.04],
        [0.02, 0.02],
      ],
      bowl,
    ),
    ...book([0.03, 0.002, -0.3], [0.3, 0.045, 0.21], 8, '#7a2a2c', '#d9b65c', 'GEOMETRY'),
    ...book([0.02, 0.048, -0.3], [0.27, 0.035, 0.2], -6, '#2c4a42', '#e0cf98', 'ATLAS'),
    ...book([0.035, 0.084, -0.3], [0.24, 0.03, 0.17], 15, '#c08b3a', '#3a2417', 'LIGHT & LENS'),
    ...book([-0.08, 0.008, 0.33], [0.21, 0.026, 0.15], 24, '#2d4f7c', '#e8dfc0', 'TWO VIEWS'),
    pillar([0.66, 0, -0.25], 0.055, 0.105, clay),
    pillar([-0.62, 0, 0.16], 0.045, 0.12, {
      colour: (p) => {
        const wave = Math.sin(p[1] * 120 + 2 * Math.sin(5 * Math.atan2(p[2], p[0]))) > 0.3;
        return scale(hex(wave ? '#c26a3a' : '#e3d8bf'), 0.85 + 0.3 * fbm3(p, 35, 3));
      },
      gloss: 0.7,
    }),
  ];
  const fruits: [number, number, number, number, string][] = [
    [0.27, 0.085, 0.06, 0.046, '#d9791c'],
    [0.345, 0.08, 0.09, 0.044, '#e08a22'],
    [0.32, 0.085, -0.02, 0.047, '#d2701a'],
    [0.31, 0.15, 0.045, 0.045, '#e2962a'],
    [0.53, 0.049, 0.27, 0.045, '#de8320'],
    [0.44, 0.04, 0.36, 0.036, '#b8321f'],
    [-0.3, 0.042, 0.22, 0.038, '#a8b233'],
    [-0.22, 0.036, 0.16, 0.034, '#b02f23'],
  ];
  fruits.forEach(([x, y, z, r, colour], i) =>
    primitives.push(ball([x, y, z], [r, r * 0.94, r], peel(colour, i), rotation(40 * i, 15 * i))),
  );
  const greens = ['#3f6b35', '#55803c', '#2f5a37', '#7a9a4a', '#4a7550'];
  primitives.push(
    ...foliage(
      190,
      5,
      (next) => {
        const [a, r, h] = [2 * Math.PI * next(), next() ** 0.6, next()];
        return [-0.36 + 0.2 * r * Math.cos(a), 0.33 + 0.27 * h * (1.1 - 0.5 * r), -0.1 + 0.2 * r * Math.sin(a)];
      },
      { size: 0.045, palette: greens, spread: 1.1 },
    ),
    ...foliage(
      60,
      6,
      (next) => {
        const [a, r] = [2 * Math.PI * next(), next() ** 0.5];
        return [0.66 + 0.08 * r * Math.cos(a), 0.12 + 0.1 * next(), -0.25 + 0.08 * r * Math.sin(a)];
      },
      { size: 0.03, palette: ['#6c8f6a', '#88a584', '#587a58'], spread: 1 },
    ),
    ...foliage(
      26,
      9,
      (next) => {
        const [a, r] = [2 * Math.PI * next(), next() ** 0.5];
        return [-0.36 + 0.17 * r * Math.cos(a), 0.38 + 0.28 * next(), -0.06 + 0.17 * r * Math.sin(a)];
      },
      { size: 0.032, palette: ['#e8e0c8', '#d98aa0', '#e6b04a'], spread: 0.7 },
    ),
  );
  const sun: Vec = [-1, 0.62, 0.42];
  return {
    primitives,
    lighting: {
      sun: { towards: sun, colour: [4.2, 3.5, 2.6], spread: 0.022 },
      sky: clearSky('#c9d6e6', '#dccfbb', 0.95, normalize(sun), [0.7, 0.6, 0.45]),
      ambient: [0.28, 0.26, 0.24],
      exposure: 0.62,
    },
  };
}
