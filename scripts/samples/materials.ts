import { cells, fbm, fbm3, hash, noise, random } from './noise.ts';
import type { Material } from './primitive.ts';
import type { Vec } from './vector.ts';
import { clamp01, hex, mix, scale, smoothstep } from './vector.ts';

/** Plaster, paint or stone of one colour, mottled at two scales. */
export function mottled(colour: Vec, amount = 0.25, frequency = 4, options: Partial<Material> = {}): Material {
  return {
    colour: (p) =>
      scale(colour, 1 - amount + 2 * amount * fbm3(p, frequency) + 0.35 * amount * (fbm3(p, frequency * 12, 3) - 0.5)),
    ...options,
  };
}

/** Planks along x, in the x-z plane: grain, knots, gaps. */
export function planks(light: Vec, dark: Vec, width: number, seed = 0, gloss = 0.25): Material {
  const board = (z: number) => Math.floor(z / width);
  const gap = (z: number) => smoothstep(0.006, 0.018, Math.abs(z / width - Math.round(z / width)));
  const grain = ([x, y, z]: Vec) => {
    const b = board(z) + 31 * seed;
    const bend = fbm(x * 1.5 + 9 * b, z * 7 + y * 7, b, 3);
    const rings = 0.5 + 0.5 * Math.sin(60 * (z / width - board(z)) * 0.5 + 22 * bend + 6 * b);
    const fibres = noise(x * 9, z * 420 + y * 420, b);
    return clamp01(0.55 * rings + 0.3 * fibres + 0.25 * bend);
  };
  return {
    colour: (p) => {
      const tone = 0.72 + 0.5 * random(board(p[2]), seed, 5);
      const worn = 0.85 + 0.3 * fbm(p[0] * 3, p[2] * 3, 40 + seed, 4);
      return scale(mix(dark, light, grain(p)), tone * worn * (0.25 + 0.75 * gap(p[2])));
    },
    bump: (p) => 0.0012 * gap(p[2]) + 0.0002 * grain(p),
    gloss,
  };
}

/** Running-bond brickwork in the x-y plane, every brick its own colour. */
export function bricks(seed = 0): Material {
  const [bw, bh, joint] = [0.25, 0.085, 0.008];
  const palette = ['#8e4a35', '#a35a40', '#7b4133', '#b0694a', '#94553f', '#6d3b30', '#b87a58'].map(hex);
  const mortar = hex('#b5a998');
  const locate = (x: number, y: number) => {
    const wobble = 0.004 * (noise(x * 9, y * 9, seed) - 0.5);
    const row = Math.floor(y / bh);
    const shifted = x / bw + (row & 1 ? 0.5 : 0) + wobble;
    const column = Math.floor(shifted);
    const fx = (shifted - column) * bw;
    const fy = y - row * bh + wobble;
    const edge = Math.min(fx, bw - fx, fy, bh - fy);
    return {
      id: hash(row, column, seed),
      inside: smoothstep(joint * 0.35, joint, edge + 0.003 * (noise(x * 60, y * 60) - 0.5)),
    };
  };
  return {
    colour: ([x, y]) => {
      const { id, inside } = locate(x, y);
      const base = palette[id % palette.length];
      const pits = 0.7 + 0.6 * fbm(x * 40, y * 40, id & 255, 3);
      const soot = 0.65 + 0.6 * fbm(x * 0.7 + 5, y * 0.35, 3, 5);
      const lime = smoothstep(0.6, 0.75, fbm(x * 1.1, y * 0.8, 21, 5)) * 0.35;
      const brick = scale(base, pits * (0.75 + (0.5 * ((id >>> 8) & 255)) / 255));
      return scale(mix(mix(mortar, brick, inside), hex('#cfc6b8'), lime), soot);
    },
    bump: ([x, y]) => 0.008 * locate(x, y).inside + 0.0025 * fbm(x * 50, y * 50, 2, 3),
  };
}

/** Irregular flagstones or cobbles in the x-z plane, of a typical size in metres. */
export function stones(size: number, palette: readonly string[], seed = 0, jitter = 0.75): Material {
  const colours = palette.map(hex);
  const find = (p: Vec) => cells(p[0] / size, p[2] / size, jitter, seed);
  const joint = (near: number, second: number) => smoothstep(0.03, 0.12, second - near);
  return {
    colour: (p) => {
      const cell = find(p);
      const speckle = 0.75 + 0.5 * fbm((p[0] * 9) / size, (p[2] * 9) / size, cell.id & 63, 4);
      const tone = 0.7 + (0.5 * ((cell.id >>> 9) & 255)) / 255;
      const dirt = 0.75 + 0.4 * fbm(p[0] * 0.6, p[2] * 0.6, 77 + seed, 5);
      const stone = scale(colours[cell.id % colours.length], speckle * tone);
      return scale(mix(hex('#4a4338'), stone, joint(cell.near, cell.second)), dirt);
    },
    bump: (p) => {
      const cell = find(p);
      return (
        size * (0.05 * joint(cell.near, cell.second) - 0.06 * cell.near ** 2) + 0.004 * fbm(p[0] * 30, p[2] * 30, 1, 3)
      );
    },
    gloss: 0.12,
  };
}

/** Leaves of many greens, veined along x; each primitive of the material gets its own tone by `id`. */
export function leaf(id: number, palette: readonly string[]): Material {
  const base = hex(palette[hash(id, 3) % palette.length]);
  const tone = 0.6 + 0.75 * random(id, 11);
  return {
    colour: ([x, y]) => {
      const vein = Math.abs(y) < 0.04 * Math.abs(x) + 0.0008 ? 1.35 : 1;
      return scale(base, tone * vein * (0.8 + 0.4 * noise(x * 150, y * 150, id)));
    },
    gloss: 0.35,
  };
}

/** Woven cloth in the x-z plane: stripes across x, with threads. */
export function woven(stripes: readonly string[], width: number): Material {
  const colours = stripes.map(hex);
  const thread = (t: number) => 0.5 + 0.5 * Math.sin(2 * Math.PI * t);
  return {
    colour: ([x, , z]) => {
      const band = Math.floor(x / width + 0.15 * noise(z * 6, x * 40));
      const base = colours[((band % colours.length) + colours.length) % colours.length];
      const accent = random(band, 5) > 0.6 && Math.abs(((z / 0.03) % 2) - 1) < 0.35 ? 0.55 : 1;
      return scale(
        base,
        accent * (0.7 + 0.25 * thread(z * 330) + 0.2 * thread(x * 330)) * (0.8 + 0.4 * fbm(x * 14, z * 14, 5, 3)),
      );
    },
    bump: ([x, , z]) => 0.0006 * (thread(x * 330) + thread(z * 330)) + 0.004 * fbm(x * 6, z * 6, 8, 3),
  };
}
