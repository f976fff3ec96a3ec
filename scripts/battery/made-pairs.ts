import type { Point, Size } from '../../src/core/geometry.ts';
import { IDENTITY3, invert3, type Matrix3, multiply3 } from '../../src/core/matrix3.ts';
import type { Pixels } from '../../src/compute/preprocess/cpu.ts';
import { drawFrame } from '../../src/compute/frame/cpu.ts';
import { resizeAveraged } from '../evaluate/resize-photo.ts';
import { bricks, doors, floor, page } from './patterns.ts';

/** Two photos of which it is known what is seen of one in the other. */
export interface MadePair {
  /** The kind of trap, and which one of it. */
  name: string;
  a: Pixels;
  b: Pixels;
  /** Normalised A to normalised B; null where nothing may be found. */
  motion: Matrix3 | null;
  isMirrored?: boolean;
}

type Random = () => number;

/** A pair made of one photo, or, of the kinds that need it, of two. */
type Make = (photo: Pixels, random: Random, other: Pixels) => MadePair;

/** Kinds of traps; every one is made of any photo. */
export const KINDS: Record<string, Make> = {
  itself: (photo) => same('itself', photo, photo),
  brightness: (photo, random) => {
    const [gain, offset] = [0.55 + 0.8 * random(), 60 * (random() - 0.5)];
    return same(
      `gain ${gain.toFixed(2)}, offset ${offset.toFixed(0)}`,
      photo,
      toned(photo, (v) => gain * v + offset),
    );
  },
  panorama: (photo, random) => {
    const isTall = random() < 0.5;
    const part = isTall ? stripe(photo, 1 / 4, 1) : stripe(photo, 1, 1 / 4);
    return same(isTall ? 'a strip 1 : 4' : 'a strip 4 : 1', part, part);
  },
  odd: (photo, random) => {
    const whole = { width: 301 + 2 * Math.floor(200 * random()), height: 207 + 2 * Math.floor(160 * random()) };
    const part = resizeAveraged(photo, whole);
    return same(`${whole.width}×${whole.height}`, part, part);
  },
  tiny: (photo) => {
    const part = scaled(photo, 64);
    return same('64 px', part, part);
  },
  smaller: (photo, random) => {
    const side = Math.round((0.2 + 0.4 * random()) * Math.max(photo.width, photo.height));
    return by(`to ${side} px`, photo, scaled(photo, side), IDENTITY3);
  },
  turned: (photo, random) => {
    const degrees = [90, 180, 270][Math.floor(3 * random())];
    return turned(photo, degrees);
  },
  'upside down': (photo) => turned(photo, 180),
  mirrored: (photo) => ({ ...by('left to right', photo, flipped(photo), FLIP), isMirrored: true }),
  'mirrored and turned': (photo, random) => {
    const one = turned(flipped(photo), [90, 180, 270][Math.floor(3 * random())]);
    return { ...one, a: photo, motion: multiply3(one.motion!, FLIP), isMirrored: true };
  },
  crop: (photo, random) => {
    const k = [2, 3, 4, 6][Math.floor(4 * random())];
    const [right, down] = [Math.round(random()), Math.round(random())];
    const part = cut(photo, right * (1 - 1 / k), down * (1 - 1 / k), 1 / k);
    return piece(`1/${k} ${down ? 'bottom' : 'top'} ${right ? 'right' : 'left'}`, part, photo, random);
  },
  'crop turned': (photo, random) => {
    const k = 1.5 + 2 * random();
    const degrees = 180 * (2 * random() - 1);
    const size = { width: Math.round(photo.width / k / 1.5), height: Math.round(photo.height / k / 1.5) };
    const frame = turnAbout(degrees, size, photo, 0.4 + 0.2 * random(), 0.4 + 0.2 * random());
    return by(`${degrees.toFixed(0)}°, 1/${(1.5 * k).toFixed(1)}`, drawFrame(photo, frame, size), photo, frame);
  },
  slanted: (photo, random) => {
    const frame = corners(random, 0.22);
    return by('four corners moved', toned(drawFrame(photo, frame, photo), noisy(random, 4)), photo, frame);
  },
  tiles: (photo, random) => {
    const count = 2 + Math.floor(3 * random());
    const tile = scaled(photo, 220);
    const wall = repeated(tile, count, count);
    // Any tile may be any other: only what is said of it can be wrong.
    const part = cut(wall, 1 / count, 1 / count, 1 / count);
    return { name: `one of ${count}×${count}`, a: part, b: wall, motion: motionOf(part, wall) };
  },
  windows: (_, random) => windows(random),
  bricks: (_, random) => bricks(random),
  doors: (_, random) => doors(random),
  floor: (_, random) => floor(random),
  page: (_, random) => page(random),
  negative: (photo) =>
    same(
      'negative',
      photo,
      toned(photo, (v) => 255 - v),
    ),
  night: (photo, random) => {
    const noise = noisy(random, 5);
    return same(
      'a seventh of the light',
      photo,
      toned(photo, (v) => noise(0.14 * v + 4)),
    );
  },
  'small crop': (photo, random) => {
    const part = cut(photo, 0.8 * random(), 0.8 * random(), 1 / 7);
    return piece('2 % of the area', part, photo, random);
  },
  'turned camera': (photo, random) => {
    const [yaw, pitch, zoom] = [40 * (random() - 0.5), 16 * (random() - 0.5), 1 + 0.6 * random()];
    const frame = cameraTurn(yaw, pitch, 0.9 + 0.5 * random(), zoom);
    return by(`${yaw.toFixed(0)}°, ${zoom.toFixed(1)} ×`, drawFrame(photo, frame, photo), photo, frame);
  },
  portrait: (photo, random) => {
    const part = cutOf(photo, random(), 0.5);
    const motion = motionOf(part, photo);
    return random() < 0.5
      ? by('half of it, upright', part, photo, motion)
      : by('upright half of it', photo, part, invert3(motion)!);
  },
  'other scene': (photo, _, other) => ({ name: '', a: photo, b: other, motion: null }),
  'other scene mirrored': (photo, _, other) => ({ name: '', a: photo, b: flipped(other), motion: null }),
};

const FLIP: Matrix3 = [-1, 0, 0, 0, 1, 0, 0, 0, 1];

const same = (name: string, a: Pixels, b: Pixels): MadePair => ({ name, a, b, motion: IDENTITY3 });

const by = (name: string, a: Pixels, b: Pixels, motion: Matrix3): MadePair => ({ name, a, b, motion });

/** The piece first, or the photo. */
function piece(name: string, part: Cut, photo: Pixels, random: Random): MadePair {
  const motion = motionOf(part, photo);
  if (random() < 0.5) return by(name, part, photo, motion);
  return by(`${name}, photo first`, photo, part, invert3(motion)!);
}

/** Of a piece into what it was cut out of. */
function motionOf({ width, height, at }: Cut, whole: Size): Matrix3 {
  const [sx, sy] = [width / whole.width, height / whole.height];
  return [sx, 0, (2 * at.x) / whole.width - 1 + sx, 0, sy, (2 * at.y) / whole.height - 1 + sy, 0, 0, 1];
}

function mapped(size: Size, photo: Pixels, from: (x: number, y: number) => [number, number]): Pixels {
  const { width, height } = size;
  const data = new Uint8ClampedArray(4 * width * height);
  const words = new Uint32Array(data.buffer);
  const { buffer, byteOffset } = photo.data.slice();
  const source = new Uint32Array(buffer, byteOffset);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = from(x, y);
      words[y * width + x] = source[v * photo.width + u];
    }
  }
  return { data, width, height };
}

const flipped = (photo: Pixels): Pixels => mapped(photo, photo, (x, y) => [photo.width - 1 - x, y]);

/** By quarter turns, clockwise, pixel for pixel. */
export function turned(photo: Pixels, degrees: number): MadePair {
  const { width: w, height: h } = photo;
  const name = `${degrees}°`;
  if (degrees === 180) {
    const b = mapped(photo, photo, (x, y) => [w - 1 - x, h - 1 - y]);
    return by(name, photo, b, [-1, 0, 0, 0, -1, 0, 0, 0, 1]);
  }
  const size = { width: h, height: w };
  return degrees === 90
    ? by(
        name,
        photo,
        mapped(size, photo, (x, y) => [y, h - 1 - x]),
        [0, -1, 0, 1, 0, 0, 0, 0, 1],
      )
    : by(
        name,
        photo,
        mapped(size, photo, (x, y) => [w - 1 - y, x]),
        [0, 1, 0, -1, 0, 0, 0, 0, 1],
      );
}

type Cut = Pixels & { at: Point };

/** `share` of both sides from a share of the way on, pixel for pixel. */
function cut(photo: Pixels, left: number, top: number, share: number): Cut {
  const size = { width: Math.round(share * photo.width), height: Math.round(share * photo.height) };
  const at = {
    x: Math.min(photo.width - size.width, Math.round(left * photo.width)),
    y: Math.min(photo.height - size.height, Math.round(top * photo.height)),
  };
  return { ...mapped(size, photo, (x, y) => [x + at.x, y + at.y]), at };
}

/** All of one direction, `share` of the other, from a share of the way on. */
function cutOf(photo: Pixels, from: number, share: number): Cut {
  const size = { width: Math.round(share * photo.width), height: photo.height };
  const at = { x: Math.round(from * (photo.width - size.width)), y: 0 };
  return { ...mapped(size, photo, (x, y) => [x + at.x, y]), at };
}

/** What a camera sees that is turned by yaw and pitch, degrees, and zoomed, of a photo whose focal length is so many half widths. */
function cameraTurn(yaw: number, pitch: number, focal: number, zoom: number): Matrix3 {
  const [cy, sy, cp, sp] = [yaw, pitch].flatMap((d) => [Math.cos((d * Math.PI) / 180), Math.sin((d * Math.PI) / 180)]);
  const turn: Matrix3 = [cy, sy * sp, sy * cp, 0, cp, -sp, -sy, cy * sp, cy * cp];
  const lens: Matrix3 = [focal, 0, 0, 0, focal, 0, 0, 0, 1];
  return multiply3(lens, multiply3(turn, invert3([focal * zoom, 0, 0, 0, focal * zoom, 0, 0, 0, 1])!));
}

function stripe(photo: Pixels, across: number, down: number): Pixels {
  const size = { width: Math.round(across * photo.width), height: Math.round(down * photo.height) };
  const [left, top] = [(photo.width - size.width) >> 1, (photo.height - size.height) >> 1];
  return mapped(size, photo, (x, y) => [x + left, y + top]);
}

function repeated(tile: Pixels, across: number, down: number): Pixels {
  const size = { width: across * tile.width, height: down * tile.height };
  return mapped(size, tile, (x, y) => [x % tile.width, y % tile.height]);
}

export function scaled(photo: Pixels, longSide: number): Pixels {
  const by = longSide / Math.max(photo.width, photo.height);
  return resizeAveraged(photo, { width: Math.round(by * photo.width), height: Math.round(by * photo.height) });
}

function toned(photo: Pixels, of: (value: number) => number): Pixels {
  const data = photo.data.slice() as Uint8ClampedArray<ArrayBuffer>;
  for (let k = 0; k < data.length; k++) if (k % 4 < 3) data[k] = of(data[k]);
  return { data, width: photo.width, height: photo.height };
}

function noisy(random: Random, sigma: number): (value: number) => number {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return (value) => value + sigma * normal();
}

/** A frame of `size` pixels of the photo, turned, about a share of the photo. */
function turnAbout(degrees: number, size: Size, photo: Size, right: number, down: number): Matrix3 {
  const angle = (degrees * Math.PI) / 180;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [
    (c * size.width) / photo.width,
    (-s * size.height) / photo.width,
    2 * right - 1,
    (s * size.width) / photo.height,
    (c * size.height) / photo.height,
    2 * down - 1,
    0,
    0,
    1,
  ];
}

/** A frame whose corners lie inside of the photo by at most a share of its sides. */
function corners(random: Random, most: number): Matrix3 {
  const inside = () => 2 * most * random();
  const [l0, t0, r1, t1, r2, b2, l3, b3] = Array.from({ length: 8 }, inside);
  const [x0, y0, x1, y1] = [-1 + l0, -1 + t0, 1 - r1, -1 + t1];
  const [x2, y2, x3, y3] = [1 - r2, 1 - b2, -1 + l3, 1 - b3];
  // The unit square to a quadrilateral (Heckbert 1989), and [-1, 1]² to the unit square before it.
  const [dx1, dx2, dx3] = [x1 - x2, x3 - x2, x0 - x1 + x2 - x3];
  const [dy1, dy2, dy3] = [y1 - y2, y3 - y2, y0 - y1 + y2 - y3];
  const det = dx1 * dy2 - dx2 * dy1;
  const [g, h] = [(dx3 * dy2 - dx2 * dy3) / det, (dx1 * dy3 - dx3 * dy1) / det];
  const square: Matrix3 = [x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h, 1];
  return multiply3(square, [0.5, 0, 0.5, 0, 0.5, 0.5, 0, 0, 1]);
}

/** A front of equal windows and one door; B shows it shifted by a window and a half, across or up. */
function windows(random: Random): MadePair {
  const [across, down] = [6 + Math.floor(5 * random()), 4 + Math.floor(4 * random())];
  const cell = { width: 60 + Math.floor(30 * random()), height: 70 + Math.floor(30 * random()) };
  const isUp = random() < 0.4;
  const step = (0.5 + Math.floor(2 * random()) + (random() < 0.5 ? 0 : 0.5)) * (isUp ? cell.height : cell.width);
  const shift = Math.round(step);
  const door = Math.floor(across * random());
  const grain = Array.from({ length: 4096 }, () => 24 * (random() - 0.5));
  const size = { width: across * cell.width, height: down * cell.height };
  const at = (dx: number, dy: number): Pixels => {
    const data = new Uint8ClampedArray(4 * size.width * size.height);
    for (let y = 0, k = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++, k += 4) data.set(front(x + dx, y + dy), k);
    }
    return { data, ...size };
  };
  const front = (x: number, y: number): [number, number, number, number] => {
    const [i, j] = [Math.floor(x / cell.width), Math.floor(y / cell.height)];
    const [u, v] = [x / cell.width - i, y / cell.height - j];
    const speck = grain[(((x * 31) ^ (y * 17)) >>> 0) % 4096];
    if (j >= down) return [90 + speck, 88 + speck, 84 + speck, 255];
    if (j === down - 1 && i === door && u > 0.2 && u < 0.8 && v > 0.1) return [96 + speck, 52, 30, 255];
    if (u > 0.25 && u < 0.75 && v > 0.2 && v < 0.8) {
      const isBar = Math.abs(u - 0.5) < 0.03 || Math.abs(v - 0.5) < 0.03;
      return isBar ? [230, 228, 220, 255] : [50, 62 + 20 * v, 80 + 30 * v, 255];
    }
    return [176 + speck, 150 + speck, 120 + speck, 255];
  };
  const [dx, dy] = isUp ? [0, -shift] : [shift, 0];
  const name = `${across}×${down} by ${(shift / (isUp ? cell.height : cell.width)).toFixed(1)} ${isUp ? 'up' : 'across'}`;
  const motion: Matrix3 = [1, 0, (-2 * dx) / size.width, 0, 1, (-2 * dy) / size.height, 0, 0, 1];
  return { name, a: at(0, 0), b: at(dx, dy), motion };
}
