import { gzipSync, zipSync } from 'fflate';
import { big, cut, join, little, patched, text } from './bytes.ts';
import { bmpOf, displayP3, exifBlock, exifSegment, gifOf, iccSegment, icoOf, jpegOf, tiffOf } from './encoders.ts';
import { HTML, PDF, SVG_ENTITIES, SVG_EXTERNAL, SVG_SCRIPT } from './hostile-texts.ts';
import type { Rgba } from './picture.ts';
import { quadrants, storedAs } from './picture.ts';
import { animatedPng, chunk, COLOUR_TYPE, ihdr, pixels, png, rgbPng, rowsOf } from './png.ts';

/** What the app must make of a file. */
export interface Expectation {
  outcome: 'opened' | 'refused';
  /** CodedError's code. Refused files only. */
  code?: string;
  /** Upright size. Opened files only. */
  size?: { width: number; height: number };
  /** What the message (or, for opened files, one of the notes) must say, besides the file's name. */
  messageIncludes: string[];
  /** The picture is `quadrants`: its corners are red, green, blue, yellow within a tolerance. */
  quadrants?: boolean;
}

export interface OddFile {
  file: string;
  expect: Expectation;
  /** The bytes; null for files that need another program's encoder and are kept as they are (see magick.ts). */
  make: (() => Uint8Array) | null;
}

const SIZE = { width: 160, height: 120 };
const PHOTO = quadrants(SIZE.width, SIZE.height);
const GREY_PHOTO: Rgba = {
  ...PHOTO,
  data: PHOTO.data.map((value, i) => (i % 4 === 3 ? value : PHOTO.data[i - (i % 4)])),
};

const opened = (...notes: string[]): Expectation => ({
  outcome: 'opened',
  size: SIZE,
  messageIncludes: notes,
  quadrants: true,
});
const openedAs = (width: number, height: number, ...notes: string[]): Expectation => ({
  outcome: 'opened',
  size: { width, height },
  messageIncludes: notes,
});
const refused = (code: string, ...messageIncludes: string[]): Expectation => ({
  outcome: 'refused',
  code,
  messageIncludes,
});
const truncated = refused('photo-truncated', 'incomplete', 'Fetch the file again');

/** One bit a pixel, so that 108 megapixels pack into some kB. */
function hugeStripes(width: number, height: number): Uint8Array {
  const row = (y: number) => new Uint8Array(width / 8).fill(Math.floor(y / 300) % 2 ? 0xf0 : 0x0f);
  const data = pixels(Array.from({ length: height }, (_, y) => row(y)));
  const palette = chunk('PLTE', [30, 60, 110, 230, 200, 120]);
  return png(ihdr(width, height, 1, COLOUR_TYPE.palette), palette, chunk('IDAT', data));
}

const plain = (width: number, height: number) =>
  png(
    ihdr(width, height, 8, COLOUR_TYPE.grey),
    chunk('IDAT', pixels(Array.from({ length: height }, () => new Uint8Array(width).fill(90)))),
  );

/** The size in a JPEG's frame header, overwritten. */
function withFrameSize(bytes: Uint8Array, width: number, height: number): Uint8Array {
  const at = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
  return patched(bytes, at + 5, [...big(height, 2), ...big(width, 2)]);
}

const box = (type: string, body: Uint8Array) => join(big(body.length + 8, 4), text(type), body);

/**
 * Every bad or odd file of the test. `seed` gives the bytes of a file that is not made here (one with `make: null`),
 * for those that are cut from it.
 */
export function oddFiles(seed: (file: string) => Uint8Array): OddFile[] {
  const file = (name: string, expect: Expectation, make: OddFile['make']): OddFile => ({ file: name, expect, make });
  const second = storedAs(PHOTO, 3);
  const icon = quadrants(64, 64);
  const random = Uint8Array.from({ length: 3000 }, (_, i) => Math.imul(i + 7, 2654435761) >>> 21);
  return [
    // Not there, not whole.
    file('empty.jpg', refused('empty-file', 'is empty'), () => new Uint8Array(0)),
    file('truncated.jpg', truncated, () => cut(jpegOf(PHOTO), 0.6)),
    file('truncated-in-header.jpg', truncated, () => jpegOf(PHOTO).slice(0, 30)),
    file('truncated-last-bytes.jpg', truncated, () => jpegOf(PHOTO).slice(0, -2)),
    file('truncated-progressive.jpg', truncated, () => cut(seed('progressive.jpg'), 0.5)),
    file('truncated.png', truncated, () => cut(rgbPng(PHOTO), 0.5)),
    file('truncated-no-end.png', truncated, () => rgbPng(PHOTO).slice(0, -12)),
    file('truncated.webp', truncated, () => cut(seed('photo.webp'), 0.7)),
    file('truncated.avif', truncated, () => cut(seed('photo.avif'), 0.8)),
    file('truncated.gif', truncated, () => cut(gifOf([PHOTO]), 0.5)),
    file('truncated.bmp', truncated, () => cut(bmpOf(quadrants(64, 48)), 0.5)),
    file('signature-only.png', truncated, () => rgbPng(PHOTO).slice(0, 8)),
    // Something else.
    file('page.jpg', refused('not-a-photo', 'web page', 'save or drag the picture itself'), () => text(HTML)),
    file('script.svg', refused('format-unsupported', 'SVG', 'Export it as PNG'), () => text(SVG_SCRIPT)),
    file('external.svg', refused('format-unsupported', 'SVG', 'Export it as PNG'), () => text(SVG_EXTERNAL)),
    file('entities.svg', refused('format-unsupported', 'SVG', 'Export it as PNG'), () => text(SVG_ENTITIES)),
    file('svg-called.png', refused('format-unsupported', 'SVG', 'Export it as PNG'), () =>
      join([0xef, 0xbb, 0xbf], text(SVG_SCRIPT)),
    ),
    file('drawing.svgz', refused('not-a-photo', 'archive', 'Unpack'), () => gzipSync(text(SVG_SCRIPT), { mtime: 0 })),
    file('document.pdf', refused('not-a-photo', 'PDF', 'Export the page'), () => text(PDF)),
    file('photos.zip', refused('not-a-photo', 'archive', 'Unpack'), () =>
      zipSync({ 'a.jpg': jpegOf(icon) }, { mtime: new Date(2020, 0, 1) }),
    ),
    file('notes.txt', refused('not-a-photo', 'text'), () => text('Buy milk.\nMatch photos.\n')),
    file('random.jpg', refused('not-a-photo', 'not in a picture format'), () => random),
    file('film.mp4', refused('not-a-photo', 'film', 'Save a frame'), () =>
      join(box('ftyp', text('isom\0\0\0\0isommp42')), box('mdat', random)),
    ),
    file('photo.heic', refused('format-unsupported', 'HEIC', 'Save it as JPEG or PNG'), null),
    file('photo.tiff', refused('format-unsupported', 'TIFF', 'Save it as JPEG or PNG'), () =>
      tiffOf(quadrants(48, 36)),
    ),
    file('photo.psd', refused('format-unsupported', 'Photoshop', 'Save it as JPEG or PNG'), () =>
      join(text('8BPS'), big(1, 2), random),
    ),
    file('photo.jxl', refused('format-unsupported', 'JPEG XL', 'Save it as JPEG or PNG'), () =>
      join([0xff, 0x0a], random),
    ),
    file('photo.jp2', refused('format-unsupported', 'JPEG 2000', 'Save it as JPEG or PNG'), () =>
      join(box('jP  ', Uint8Array.of(13, 10, 135, 10)), random),
    ),
    // Sizes.
    file('1x1.png', refused('photo-too-small', '1 × 1', 'larger version'), () => plain(1, 1)),
    file('1x4000.png', refused('photo-too-small', '1 × 4,000', 'larger version'), () => plain(1, 4000)),
    file('40x4000.png', refused('photo-too-long', '40 × 4,000', 'Crop'), () => plain(40, 4000)),
    file('30000x30000.png', refused('photo-too-large', '30,000 × 30,000', 'smaller version'), () =>
      patched(plain(64, 64), 16, [...big(30000, 4), ...big(30000, 4)]),
    ),
    file('65000x65000.jpg', refused('photo-too-large', '65,000 × 65,000', 'smaller version'), () =>
      withFrameSize(jpegOf(icon), 65000, 65000),
    ),
    file('0x0.png', refused('photo-damaged', 'damaged header'), () => patched(rgbPng(icon), 16, big(0, 8))),
    file('12000x9000.png', openedAs(12000, 9000, 'Reduced from 12,000 × 9,000'), () => hugeStripes(12000, 9000)),
    // Damaged inside.
    file('bad-data.png', refused('photo-undecodable', 'could not be decoded', '160 × 120'), () =>
      png(ihdr(160, 120, 8, COLOUR_TYPE.rgb), chunk('IDAT', random)),
    ),
    file('bad-length.png', truncated, () => patched(rgbPng(icon), 33, [0x7f, 0xff, 0xff, 0xff])),
    file('bad-exif.jpg', opened(), () => jpegOf(PHOTO, exifSegment(6, 0xfffffff0))),
    // Colours and depths.
    file('cmyk.jpg', opened(), null),
    file('grey.jpg', openedAs(160, 120), () => jpegOf(GREY_PHOTO)),
    file('progressive.jpg', opened(), null),
    file('display-p3.jpg', openedAs(160, 120), () => jpegOf(PHOTO, iccSegment(displayP3()))),
    file('16-bit.png', opened(), () =>
      png(ihdr(160, 120, 16, COLOUR_TYPE.rgb), chunk('IDAT', pixels(rowsOf(PHOTO, (r, g, b) => [r, r, g, g, b, b])))),
    ),
    file('grey-alpha.png', openedAs(160, 120, 'Transparent parts'), () =>
      png(
        ihdr(160, 120, 8, COLOUR_TYPE.greyAlpha),
        chunk('IDAT', pixels(rowsOf(PHOTO, (r, _g, _b, x) => [r, x < 80 ? 0 : 255]))),
      ),
    ),
    file('grey-alpha-16-bit.png', openedAs(160, 120, 'Transparent parts'), () =>
      png(
        ihdr(160, 120, 16, COLOUR_TYPE.greyAlpha),
        chunk('IDAT', pixels(rowsOf(PHOTO, (r, _g, _b, x) => [r, 0, x < 80 ? 128 : 255, 0]))),
      ),
    ),
    file('opaque-alpha.png', opened(), () =>
      png(ihdr(160, 120, 8, COLOUR_TYPE.rgba), chunk('IDAT', pixels(rowsOf(PHOTO, (r, g, b) => [r, g, b, 255])))),
    ),
    file('1-bit.png', openedAs(160, 120), () =>
      png(
        ihdr(160, 120, 1, COLOUR_TYPE.grey),
        chunk('IDAT', pixels(Array.from({ length: 120 }, (_, y) => new Uint8Array(20).fill(y % 16 < 8 ? 0xcc : 0x33)))),
      ),
    ),
    file('transparent.gif', openedAs(160, 120, 'Transparent parts'), () => gifOf([PHOTO], true)),
    file('alpha.webp', openedAs(160, 120, 'Transparent parts'), null),
    // Animations.
    file('animated.gif', opened('first frame'), () => gifOf([PHOTO, second])),
    file('animated.png', opened('first frame'), () => animatedPng([PHOTO, second])),
    file('animated.webp', opened('first frame'), null),
    // Orientation.
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((o) =>
      file(`orientation-${o}.jpg`, opened(), () => jpegOf(storedAs(PHOTO, o), exifSegment(o))),
    ),
    file('orientation-6.png', opened(), () => rgbPng(storedAs(PHOTO, 6), chunk('eXIf', exifBlock(6)))),
    // Other formats and odd names.
    file('photo.webp', opened(), null),
    file('lossless.webp', opened(), null),
    file('photo.avif', opened(), null),
    file('photo.bmp', opened(), () => bmpOf(PHOTO)),
    file('top-down-alpha.bmp', openedAs(64, 48), () => bmpOf(quadrants(64, 48), true)),
    file('icon.ico', openedAs(64, 64), () => icoOf(64, rgbPng(icon))),
    file('tiny-icon.ico', refused('photo-too-small', '16 × 16'), () => icoOf(16, rgbPng(quadrants(16, 16)))),
    file('jpeg-called.png', opened(), () => jpegOf(PHOTO)),
    file('motion-photo.jpg', opened(), () => join(jpegOf(PHOTO), box('ftyp', text('mp42\0\0\0\0')), little(0, 64))),
    file('Plaza Mayor — 広場 & “sol” #1 100%.jpg', opened(), () => jpegOf(PHOTO)),
  ];
}
