import jpeg from 'jpeg-js';
import { big, join, little, text } from './bytes.ts';
import type { Rgba } from './picture.ts';

/** A baseline JPEG, with segments put right after its start. */
export function jpegOf(picture: Rgba, ...segments: readonly Uint8Array[]): Uint8Array {
  const encoded = jpeg.encode({ ...picture, data: Buffer.from(picture.data) }, 80).data;
  return join(encoded.subarray(0, 2), ...segments, encoded.subarray(2));
}

const segment = (marker: number, body: Uint8Array): Uint8Array => join([0xff, marker], big(body.length + 2, 2), body);

/** A TIFF structure of one entry: the orientation. */
export const exifBlock = (orientation: number, directory = 8): Uint8Array =>
  join(
    text('II*\0'),
    little(directory, 4),
    little(1, 2),
    little(0x112, 2),
    little(3, 2),
    little(1, 4),
    little(orientation, 4),
    little(0, 4),
  );

export const exifSegment = (orientation: number, directory?: number): Uint8Array =>
  segment(0xe1, join(text('Exif\0\0'), exifBlock(orientation, directory)));

export const iccSegment = (profile: Uint8Array): Uint8Array =>
  segment(0xe2, join(text('ICC_PROFILE\0'), [1, 1], profile));

/** A Display-P3 profile (ICC 2.1, three matrix columns in D50 and a gamma of 2.2), with our own texts. */
export function displayP3(): Uint8Array {
  const fixed = (value: number) => big(Math.round(value * 65536) >>> 0, 4);
  const xyz = (x: number, y: number, z: number) => join(text('XYZ '), big(0, 4), fixed(x), fixed(y), fixed(z));
  const name = text('Display P3\0');
  const described = join(text('desc'), big(0, 4), big(name.length, 4), name, big(0, 8), [0, 0, 0], new Uint8Array(67));
  const padded = join(described, new Uint8Array((4 - (described.length % 4)) % 4));
  const copyright = join(text('text'), big(0, 4), text('none\0'), [0, 0, 0]);
  const curve = join(text('curv'), big(0, 4), big(1, 4), big(Math.round(2.2 * 256), 2), [0, 0]);
  const tags: [string, Uint8Array][] = [
    ['desc', padded],
    ['cprt', copyright],
    ['wtpt', xyz(0.9642, 1, 0.8249)],
    ['rXYZ', xyz(0.5151, 0.2412, -0.0011)],
    ['gXYZ', xyz(0.292, 0.6922, 0.0419)],
    ['bXYZ', xyz(0.1571, 0.0666, 0.7841)],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ];
  let position = 128 + 4 + 12 * tags.length;
  const table = tags.map(([tag, body]) => {
    const entry = join(text(tag), big(position, 4), big(body.length, 4));
    position += body.length;
    return entry;
  });
  const head = join(
    big(position, 4),
    big(0, 4),
    [2, 0x10, 0, 0],
    text('mntrRGB XYZ '),
    big(2020, 2),
    big(1, 2),
    big(1, 2),
    big(0, 6),
    text('acsp'),
    big(0, 28),
    fixed(0.9642),
    fixed(1),
    fixed(0.8249),
    new Uint8Array(48),
  );
  return join(head, big(tags.length, 4), ...table, ...tags.map(([, body]) => body));
}

/** A bitmap of 24 bits bottom-up, or of 32 bits with alpha top-down. */
export function bmpOf({ width, height, data }: Rgba, withAlpha = false): Uint8Array {
  const bytes = withAlpha ? 4 : 3;
  const stride = Math.ceil((width * bytes) / 4) * 4;
  const rows = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [r, g, b, a] = data.subarray(4 * (y * width + x));
      const row = withAlpha ? y : height - 1 - y;
      rows.set(withAlpha ? [b, g, r, a] : [b, g, r], row * stride + x * bytes);
    }
  }
  const masks = withAlpha
    ? [...big(0x0000ff00, 4), ...big(0x00ff0000, 4), ...big(0xff000000, 4), ...big(0x000000ff, 4)]
    : [];
  const info = withAlpha ? 108 : 40;
  const header = [
    ...little(info, 4),
    ...little(width, 4),
    ...little((withAlpha ? -height : height) >>> 0, 4),
    ...little(1, 2),
    ...little(8 * bytes, 2),
    ...little(withAlpha ? 3 : 0, 4),
    ...little(rows.length, 4),
    ...little(2835, 4),
    ...little(2835, 4),
    ...little(0, 8),
    ...masks,
  ];
  const padded = [...header, ...Array<number>(info - header.length).fill(0)];
  return join(text('BM'), little(14 + info + rows.length, 4), little(0, 4), little(14 + info, 4), padded, rows);
}

/** An icon that holds one PNG. */
export function icoOf(size: number, png: Uint8Array): Uint8Array {
  return join(
    [0, 0, 1, 0, 1, 0],
    [size & 255, size & 255, 0, 0, 1, 0, 32, 0],
    little(png.length, 4),
    little(22, 4),
    png,
  );
}

/** An uncompressed RGB TIFF in one strip. */
export function tiffOf({ width, height, data }: Rgba): Uint8Array {
  const rgb = data.filter((_, i) => i % 4 !== 3);
  const entries: [number, number, number][] = [
    [0x100, 3, width],
    [0x101, 3, height],
    [0x102, 3, 8],
    [0x103, 3, 1],
    [0x106, 3, 2],
    [0x111, 4, 8 + 2 + 12 * 9 + 4],
    [0x115, 3, 3],
    [0x116, 3, height],
    [0x117, 4, rgb.length],
  ];
  const directory = entries.flatMap(([tag, type, value]) => [
    ...little(tag, 2),
    ...little(type, 2),
    ...little(1, 4),
    ...little(value, 4),
  ]);
  return join(text('II*\0'), little(8, 4), little(entries.length, 2), directory, little(0, 4), rgb);
}

/** A GIF of whole frames. Its LZW clears the table before that could grow, hence 9-bit codes throughout. */
export function gifOf(frames: readonly Rgba[], transparent = false): Uint8Array {
  const { width, height } = frames[0];
  const palette = new Uint8Array(3 * 256);
  for (let i = 0; i < 216; i++)
    palette.set([Math.floor(i / 36) * 51, (Math.floor(i / 6) % 6) * 51, (i % 6) * 51], 3 * i);
  const blocks = frames.flatMap((frame, i) => [
    [0x21, 0xf9, 4, transparent ? 1 : 0, 20, 0, 215, 0],
    [0x2c, 0, 0, 0, 0, ...little(width, 2), ...little(height, 2), 0, 8],
    subBlocks(lzw(indices(frame, transparent && i === 0))),
  ]);
  const loop = frames.length > 1 ? [0x21, 0xff, 11, ...text('NETSCAPE2.0'), 3, 1, 0, 0, 0] : [];
  return join(text('GIF89a'), little(width, 2), little(height, 2), [0xf7, 0, 0], palette, loop, ...blocks, [0x3b]);
}

/** Indices into the 6 × 6 × 6 cube; with `holes`, the left margin becomes colour 215 (transparent). */
function indices({ width, height, data }: Rgba, holes: boolean): number[] {
  return Array.from({ length: width * height }, (_, p) => {
    if (holes && p % width < width / 4) return 215;
    const level = (k: number) => Math.min(5, Math.round(data[4 * p + k] / 51));
    return Math.min(214, level(0) * 36 + level(1) * 6 + level(2));
  });
}

function lzw(codes: readonly number[]): Uint8Array {
  const out: number[] = [];
  let bits = 0;
  let count = 0;
  const put = (code: number) => {
    bits |= code << count;
    count += 9;
    for (; count >= 8; count -= 8, bits >>>= 8) out.push(bits & 255);
  };
  codes.forEach((code, i) => {
    if (i % 250 === 0) put(256);
    put(code);
  });
  put(257);
  out.push(bits & 255);
  return Uint8Array.from(out);
}

function subBlocks(data: Uint8Array): Uint8Array {
  const parts: (Uint8Array | number[])[] = [];
  for (let i = 0; i < data.length; i += 255) parts.push([Math.min(255, data.length - i)], data.subarray(i, i + 255));
  return join(...parts, [0]);
}
