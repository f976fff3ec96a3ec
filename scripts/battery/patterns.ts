import type { Pixels } from '../../src/compute/preprocess/cpu.ts';
import type { Matrix3 } from '../../src/core/matrix3.ts';

/** Things that look the same at every step but for a mark, seen twice, some steps apart; drawn, so that the truth is known. */

type Random = () => number;
type Colour = readonly [number, number, number];
/** Colour of a place of a surface, pixels. */
type Surface = (x: number, y: number) => Colour;

export interface Shifted {
  name: string;
  a: Pixels;
  b: Pixels;
  motion: Matrix3;
}

const SIZE = { width: 640, height: 480 };
const INK: Colour = [40, 42, 48];

/** Grains that belong to the surface: the only thing that tells equal parts apart but for the mark. */
function grained(random: Random, strength: number): (x: number, y: number) => number {
  const grain = Array.from({ length: 65536 }, () => strength * (random() - 0.5));
  return (x, y) => grain[((Math.floor(x) * 7919) ^ (Math.floor(y) * 104729)) & 65535];
}

const plus = ([r, g, b]: Colour, by: number): Colour => [r + by, g + by, b + by];

function seen(surface: Surface, dx: number, dy: number): Pixels {
  const { width, height } = SIZE;
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0, k = 0; y < height; y++) {
    for (let x = 0; x < width; x++, k += 4) data.set([...surface(x + dx, y + dy), 255], k);
  }
  return { data, ...SIZE };
}

function shifted(name: string, surface: Surface, dx: number, dy: number): Shifted {
  const motion: Matrix3 = [1, 0, (-2 * dx) / SIZE.width, 0, 1, (-2 * dy) / SIZE.height, 0, 0, 1];
  return { name, a: seen(surface, 0, 0), b: seen(surface, dx, dy), motion };
}

/** 0.5, 1, 1.5 or 2 steps, either way. */
const steps = (random: Random): number => (0.5 + 0.5 * Math.floor(4 * random())) * (random() < 0.5 ? -1 : 1);

/** A wall of bricks with a dark patch. */
export function bricks(random: Random): Shifted {
  const [w, h] = [50 + Math.floor(30 * random()), 22 + Math.floor(12 * random())];
  const grain = grained(random, 16);
  const [px, py] = [150 + 340 * random(), 120 + 240 * random()];
  const tones = Array.from({ length: 7 }, () => 14 * (random() - 0.5));
  const by = steps(random);
  const surface: Surface = (x, y) => {
    if (Math.hypot(x - px, (y - py) * 1.4) < 34) return plus([52, 40, 38], grain(x, y));
    const row = Math.floor(y / h);
    const u = x / w + (row % 2 ? 0.5 : 0);
    const [i, fx, fy] = [Math.floor(u), (u - Math.floor(u)) * w, y - row * h];
    if (fx < 4 || fy < 4) return plus([190, 186, 178], grain(x, y));
    return plus([150, 78, 60], tones[(((i * 3 + row * 5) % 7) + 7) % 7] + grain(x, y));
  };
  return shifted(`bricks by ${by}`, surface, Math.round(by * w), 0);
}

/** A front of equal windows with two different doors. */
export function doors(random: Random): Shifted {
  const [across, down] = [7 + Math.floor(4 * random()), 4 + Math.floor(2 * random())];
  const [w, h] = [Math.floor(SIZE.width / across), Math.floor(SIZE.height / down)];
  const [first, second] = [1 + Math.floor(2 * random()), across - 3 + Math.floor(2 * random())];
  const grain = grained(random, 20);
  const by = steps(random);
  const surface: Surface = (x, y) => {
    const [i, j] = [Math.floor(x / w), Math.floor(y / h)];
    const [u, v] = [x / w - i, y / h - j];
    const g = grain(x, y);
    if (j === down - 1 && u > 0.2 && u < 0.8 && v > 0.1) {
      if (i === first) return plus([96, 52, 30], g);
      if (i === second) return plus(Math.abs(u - 0.5) < 0.05 ? [220, 210, 180] : [34, 84, 66], g);
    }
    if (u > 0.28 && u < 0.72 && v > 0.2 && v < 0.8) return Math.abs(v - 0.45) < 0.03 ? [232, 230, 222] : [54, 66, 90];
    return plus([182, 170, 148], g);
  };
  return shifted(`${across} windows, two doors, by ${by}`, surface, Math.round(by * w), 0);
}

/** A floor of square tiles, one of them another colour, seen from aside, and again a step further on. */
export function floor(random: Random): Shifted {
  const side = 50 + Math.floor(30 * random());
  const grain = grained(random, 14);
  const [oi, oj] = [3 + Math.floor(3 * random()), 2 + Math.floor(3 * random())];
  const [by, up] = [steps(random), random() < 0.3 ? 1 : 0];
  const tile: Surface = (x, y) => {
    const [i, j] = [Math.floor(x / side), Math.floor(y / side)];
    const [u, v] = [x - i * side, y - j * side];
    if (u < 4 || v < 4) return plus([110, 108, 104], grain(x, y));
    if (i === oi && j === oj) return plus([70, 92, 140], grain(x, y));
    return plus((i + j) % 2 ? [214, 208, 196] : [166, 150, 128], grain(x, y));
  };
  return shifted(`tiles of ${side} px by ${by}, ${up}`, tile, Math.round(by * side), up * side);
}

/** A page of lines of words, scrolled. */
export function page(random: Random): Shifted {
  const lineHeight = 22 + Math.floor(8 * random());
  const words: { from: number; to: number; letters: number[] }[][] = [];
  for (let line = 0; line < 80; line++) {
    const row: (typeof words)[number] = [];
    let x = 48;
    while (x < 560) {
      const letters = Array.from({ length: 2 + Math.floor(7 * random()) }, () => Math.floor(26 * random()));
      row.push({ from: x, to: x + 8 * letters.length, letters });
      x += 8 * letters.length + 8;
    }
    words.push(row);
  }
  const shapes = Array.from({ length: 26 }, () => Array.from({ length: 30 }, () => random() < 0.45));
  const by = 3 + Math.floor(10 * random());
  const surface: Surface = (x, y) => {
    const line = Math.floor(y / lineHeight);
    const v = Math.floor((y - line * lineHeight - 5) / 2);
    const word = v >= 0 && v < 6 ? words[line]?.find(({ from, to }) => x >= from && x < to) : undefined;
    if (!word) return [250, 249, 246];
    const at = x - word.from;
    const u = Math.floor((at % 8) / 1.4);
    return u < 5 && shapes[word.letters[Math.floor(at / 8)]][v * 5 + u] ? INK : [250, 249, 246];
  };
  return shifted(`a page scrolled by ${by} lines`, surface, 0, by * lineHeight);
}
