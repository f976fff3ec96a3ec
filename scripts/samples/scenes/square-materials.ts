import { mottled } from '../materials.ts';
import { cells, fbm, fbm3, hash, noise, random } from '../noise.ts';
import type { Material } from '../primitive.ts';
import type { Vec } from '../vector.ts';
import { hex, mix, scale, smoothstep } from '../vector.ts';

/** Plaster that comes off the bricks in patches, in the x-y plane of the world. */
export const plaster = (colour: string, seed: number): Material => ({
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
export const ashlar = (around: (p: Vec) => number): Material => ({
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
export const paving: Material = {
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

export const glass = (seed: number, lit: boolean): Material => ({
  colour: ([x, y]) => scale(hex('#2b3138'), 0.6 + fbm(x * 4, y * 4, seed, 3)),
  emission: ([x, y]) => {
    if (!lit) return [0, 0, 0];
    const curtain = 0.45 + 0.55 * smoothstep(0.1, 0.2, Math.abs(x)) * (0.7 + 0.3 * Math.sin(x * 60 + seed));
    return scale([1.5, 0.86, 0.34], curtain * (0.6 + 0.5 * noise(x * 5, y * 5, seed)));
  },
  gloss: 0.8,
});

export const FRAME = mottled(hex('#ddd3bd'), 0.2, 10);
export const STONE = mottled(hex('#c6b696'), 0.35, 7, { bump: (p) => 0.004 * fbm3(p, 25, 3) });
