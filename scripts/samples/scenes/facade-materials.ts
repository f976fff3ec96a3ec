import { inked, textWidth } from '../lettering.ts';
import { mottled } from '../materials.ts';
import { fbm, fbm3, hash, noise, random } from '../noise.ts';
import type { Material } from '../primitive.ts';
import { hex, mix, scale, smoothstep } from '../vector.ts';

/** Weathered pale stone of sills and lintels. */
export const LIMESTONE = mottled(hex('#cfc3a8'), 0.3, 6, { bump: (p) => 0.004 * fbm3(p, 30, 3) });

/** Glass with a curtain or a room behind it, painted on: each pane differs. */
export const glass = (seed: number): Material => ({
  colour: ([x, y]) => {
    const curtain = Math.abs(x) > 0.16 + 0.12 * random(seed, 4) + 0.05 * Math.sin(y * 5 + seed);
    const folds = 0.5 + 0.5 * Math.sin(x * 90 + 2 * Math.sin(y * 3 + seed));
    const cloth = [hex('#c8b995'), hex('#a9b3b5'), hex('#b98f77'), hex('#d5d0c2')][seed % 4];
    return curtain ? scale(cloth, 0.25 + 0.3 * folds) : scale(hex('#2a3036'), 0.5 + fbm(x * 4, y * 4, seed, 3));
  },
  gloss: 1,
});

/** Slatted shutters in a colour that the years have bleached. */
export const shutter = (colour: string, id: number): Material => ({
  colour: ([x, y]) => {
    const slat = 0.45 + 0.55 * smoothstep(0.1, 0.5, Math.abs((((y / 0.06) % 1) + 1) % 1));
    const rim = Math.abs(x) > 0.2;
    return scale(hex(colour), (rim ? 1 : slat) * (0.65 + 0.6 * fbm(x * 5, y * 5, id, 4)));
  },
});

export const sign: Material = {
  colour: ([x, y]) => {
    const title = 'ATELIER 21';
    const size = 0.3;
    const letters = inked(title, (x + (textWidth(title) * size) / 2) / size, (y + size / 2) / size, 0.2);
    const rim = Math.max(Math.abs(x) - 1.76, Math.abs(y) - 0.27) > -0.03;
    return scale(letters || rim ? hex('#e3c878') : hex('#1f3a37'), 0.8 + 0.35 * fbm(x * 8, y * 8, 3, 4));
  },
};

/** A printed bill: blocks of colour, a figure and lines of type, all from the hash of its number. */
export const poster = (id: number): Material => ({
  colour: ([x, y]) => {
    const palette = ['#d9482b', '#e8b23a', '#21507a', '#efe6cf', '#2d6a5c', '#151515', '#c8d2cf'].map(hex);
    const pick = (k: number) => palette[hash(id, k) % palette.length];
    let ink = pick(1);
    const angle = Math.atan2(y - 0.1, x);
    const radius = Math.hypot(x, y - 0.1);
    if (radius < 0.2 + 0.05 * Math.cos((3 + (id % 5)) * angle + id)) ink = pick(2);
    if (radius < 0.11 && Math.sin(radius * 130 + id) > 0) ink = pick(3);
    if (x * (random(id, 9) - 0.5) > 0.04 * Math.sin(9 * y + id) + 0.02) ink = mix(ink, pick(4), 0.5);
    const line = Math.floor((y + 0.42) / 0.035);
    if (
      y < -0.17 &&
      y > -0.4 &&
      noise(x * 70, line * 7.7, id) > 0.45 &&
      ((y + 0.42) / 0.035) % 1 > 0.35 &&
      Math.abs(x) < 0.24
    )
      ink = pick(5);
    if (inked(['EXPO', 'JAZZ', 'CINE', 'OPERA', 'LIVRE', 'FORUM'][id % 6], (x + 0.22) / 0.12, (y - 0.26) / 0.12, 0.24))
      ink = pick(6);
    return scale(ink, 0.75 + 0.4 * fbm(x * 6, y * 6, id, 4));
  },
});

export const stripes: Material = {
  colour: ([x, y, z]) =>
    scale(
      Math.floor(x / 0.24 + 100) % 2 ? hex('#a93529') : hex('#e9dfc8'),
      0.8 + 0.3 * fbm(x * 9, z * 9 + y * 9, 3, 3),
    ),
};

/** The house next door, only ever seen aslant: ochre plaster with painted-on windows and shutters. */
export const NEIGHBOUR: Material = {
  colour: (_, { point: [x, y, z] }) => {
    const u = ((((x + z - 7.3) % 2.1) + 2.1) % 2.1) - 1.05;
    const floor = y < 3.2 ? 1.7 : 5.1;
    const v = Math.abs(y - floor);
    const worn = 0.7 + 0.45 * fbm((x + z) * 1.1, y * 0.6, 9, 5);
    if (v < 0.85 && Math.abs(u) < 0.42) {
      const bar = Math.abs(u) > 0.36 || Math.abs(u) < 0.03 || v > 0.79 || Math.abs(y - floor - 0.25) < 0.025;
      return bar ? hex('#e6dfce') : scale(hex('#333b42'), 0.6 + fbm(x * 3, y * 3, 4, 3));
    }
    if (v < 0.9 && Math.abs(u) < 0.85) return scale(hex('#6f4a3c'), (0.55 + 0.45 * Math.abs((y / 0.07) % 1)) * worn);
    if (v < 1.05 && Math.abs(u) < 0.95) return scale(hex('#d9cdb2'), worn);
    return scale(hex(y < 0.7 ? '#9a8a72' : '#d8a75e'), worn * (0.9 + 0.2 * noise(x * 40, y * 40, z * 40)));
  },
};
