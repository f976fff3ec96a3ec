import * as v from 'valibot'; // The schema of what comes from outside, as everywhere.
import type { GaussianTable, ShDegree } from '../../gaussians/table.ts';
import { createTable, logit, shRestCount } from '../../gaussians/table.ts';
import { CodedError, throwIfAborted } from '../../core/errors.ts';
import type { ZipArchive } from '../archives/zip.ts';
import { openZip } from '../archives/zip.ts';
import type { ByteSource } from '../byte-source.ts';
import { malformed, tooLarge } from '../malformed.ts';
import type { RgbaPicture } from '../webp/read-lossless.ts';
import { readLosslessWebp } from '../webp/read-lossless.ts';
import type { SplatContents, SplatFormat, SplatReadOptions } from './splat-file.ts';
import { checkCount, notRead } from './splat-file.ts';

/**
 * `.sog` (PlayCanvas, version 2): a zip of meta.json and lossless WebP pictures, a pixel a Gaussian: positions as 16
 * bits (two pictures) of sign · log(1 + |x|) between bounds, quaternions as three bytes and a tag 252…255 for the
 * component left out, log scales and colours as places in codebooks of 256, harmonics as places in a palette.
 * https://developer.playcanvas.com/user-manual/gaussian-splatting/formats/sog/
 */
export const SOG_FORMAT = {
  id: 'sog',
  label: 'a .sog',
  extensions: ['.sog'],
  matches: (head) => head.length > 4 && head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4,
  read: readSog,
} as const satisfies SplatFormat;

/** 15 kB of codebooks in a real one. */
const MAX_META_BYTES = 1024 * 1024;
/** A picture is packed at best to nothing, at worst to four bytes a pixel and its header. */
const PIXEL_BYTES = 5;
/** Pictures are a little larger than the count: their sides are multiples of four. */
const SLACK_PIXELS = 1 << 16;
/** Entries of the palette in one row of its picture. */
const PALETTE_COLUMNS = 64;
const MAX_PALETTE = 65_536;

const numbers = (length: number) => v.pipe(v.array(v.pipe(v.number(), v.finite())), v.length(length));
const files = (length: number) => v.pipe(v.array(v.string()), v.length(length));
const codebook = numbers(256);
const count = v.pipe(v.number(), v.integer(), v.minValue(1));

const META = v.object({
  version: v.literal(2),
  count,
  model: v.optional(v.string()),
  antialias: v.optional(v.boolean()),
  means: v.object({ mins: numbers(3), maxs: numbers(3), files: files(2) }),
  scales: v.object({ codebook, files: files(1) }),
  quats: v.object({ files: files(1) }),
  sh0: v.object({ codebook, files: files(1) }),
  shN: v.optional(
    v.object({
      bands: v.picklist([1, 2, 3]),
      count: v.pipe(count, v.maxValue(MAX_PALETTE)),
      codebook,
      files: files(2),
    }),
  ),
});

type SogMeta = v.InferOutput<typeof META>;

async function readSog(source: ByteSource, options: SplatReadOptions): Promise<SplatContents> {
  const archive = await openZip(source);
  const meta = await readMeta(archive);
  checkCount(meta.count, options);
  const degree: ShDegree = meta.shN?.bands ?? 0;
  const total = [meta.means, meta.quats, meta.scales, meta.sh0, ...(meta.shN ? [meta.shN] : [])]
    .flatMap((part) => part.files)
    .reduce((sum, name) => sum + (archive.get(name)?.size ?? 0), 0);
  let read = 0;
  const picture = async (name: string, pixels: number): Promise<RgbaPicture> => {
    throwIfAborted(options.signal);
    const bytes = await entryOf(archive, name, pixels * PIXEL_BYTES + SLACK_PIXELS);
    const decoded = readLosslessWebp(bytes, pixels);
    read += bytes.length;
    options.onProgress?.(Math.round((read / total) * source.size), source.size);
    return decoded;
  };
  /** A picture with a pixel for every Gaussian. */
  const column = async (name: string) => {
    const decoded = await picture(name, 2 * meta.count + SLACK_PIXELS);
    const pixels = decoded.width * decoded.height;
    if (pixels < meta.count) throw malformed('splat', `${name} has ${pixels} pixels for ${meta.count} Gaussians.`);
    return decoded.rgba;
  };
  const [low, high] = [await column(meta.means.files[0]), await column(meta.means.files[1])];
  const table = createTable(meta.count, degree, {
    model: meta.model === '2dgs' ? '2dgs' : '3dgs',
    antialiased: meta.model === 'antialiased' || meta.antialias === true,
    source: 'sog',
  });
  fillPositions(table, meta.means, low, high);
  fillQuaternions(table, await column(meta.quats.files[0]));
  fillScales(table, meta.scales.codebook, await column(meta.scales.files[0]));
  fillColors(table, meta.sh0.codebook, await column(meta.sh0.files[0]));
  if (meta.shN) {
    const coefficients = shRestCount(degree);
    const rows = Math.ceil(meta.shN.count / PALETTE_COLUMNS);
    const [name, labels] = meta.shN.files;
    const palette = await picture(name, PALETTE_COLUMNS * coefficients * (rows + PALETTE_COLUMNS));
    if (palette.width !== PALETTE_COLUMNS * coefficients || palette.height < rows) {
      throw malformed(
        'splat',
        `${name} has ${palette.width} × ${palette.height} pixels for ${meta.shN.count} entries.`,
      );
    }
    fillHarmonics(table, meta.shN, palette.rgba, await column(labels));
  }
  return { table, notes: [] };
}

async function readMeta(archive: ZipArchive): Promise<SogMeta> {
  if (!archive.has('meta.json')) {
    throw new CodedError('splat-foreign', 'It is a zip, but not of a scene.', 'Unpack it and choose what is inside.');
  }
  const bytes = await entryOf(archive, 'meta.json', MAX_META_BYTES);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw malformed('splat', 'Its meta.json is no JSON.', { cause });
  }
  const version = (json as { version?: unknown } | null)?.version;
  if (version !== 2) {
    throw notRead(
      `Its meta.json is of version ${version === undefined ? 1 : String(version).slice(0, 20)}; 2 is read here.`,
      'Save the scene again with a present version of SuperSplat or splat-transform.',
    );
  }
  const parsed = v.safeParse(META, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw malformed('splat', `Its meta.json is not as the format says, at ${v.getDotPath(issue) ?? 'its top'}.`);
}

async function entryOf(archive: ZipArchive, name: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const entry = archive.get(name);
  if (!entry) throw malformed('splat', `It lacks ${name}.`);
  if (entry.size > maxBytes) throw tooLarge(`${name} has ${entry.size} bytes.`);
  return entry.readAll();
}

function fillPositions(
  { positions, count }: GaussianTable,
  means: SogMeta['means'],
  low: Uint8Array,
  high: Uint8Array,
) {
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 3; k++) {
      const share = (low[4 * i + k] | (high[4 * i + k] << 8)) / 65535;
      // Bounds that are equal count as one apart, as in the format's own reader.
      const logged = means.mins[k] + (means.maxs[k] - means.mins[k] || 1) * share;
      positions[3 * i + k] = Math.sign(logged) * Math.expm1(Math.abs(logged));
    }
  }
}

function fillQuaternions({ quaternions, count }: GaussianTable, rgba: Uint8Array): void {
  for (let i = 0; i < count; i++) {
    const largest = rgba[4 * i + 3] - 252;
    // No tag of the format: the identity, with which the table was made.
    if (largest < 0) continue;
    let squares = 0;
    let from = 4 * i;
    for (let k = 0; k < 4; k++) {
      if (k === largest) continue;
      const value = ((rgba[from++] / 255) * 2 - 1) * Math.SQRT1_2;
      quaternions[4 * i + k] = value;
      squares += value * value;
    }
    quaternions[4 * i + largest] = Math.sqrt(Math.max(0, 1 - squares));
  }
}

function fillScales({ logScales, count }: GaussianTable, book: readonly number[], rgba: Uint8Array): void {
  for (let i = 0; i < count; i++) for (let k = 0; k < 3; k++) logScales[3 * i + k] = book[rgba[4 * i + k]];
}

function fillColors(table: GaussianTable, book: readonly number[], rgba: Uint8Array): void {
  for (let i = 0; i < table.count; i++) {
    for (let k = 0; k < 3; k++) table.sh0[3 * i + k] = book[rgba[4 * i + k]];
    table.opacityLogits[i] = logit(rgba[4 * i + 3] / 255);
  }
}

function fillHarmonics(
  table: GaussianTable,
  { codebook: book, count: entries }: NonNullable<SogMeta['shN']>,
  palette: Uint8Array,
  labels: Uint8Array,
): void {
  const width = shRestCount(table.shDegree);
  for (let i = 0; i < table.count; i++) {
    const label = labels[4 * i] | (labels[4 * i + 1] << 8);
    if (label >= entries) continue;
    // The picture goes on in rows of 64 entries, each `width` pixels, so that entries lie one after the other.
    const from = 4 * width * label;
    for (let k = 0; k < width; k++) {
      for (let channel = 0; channel < 3; channel++) {
        table.shRest[3 * (width * i + k) + channel] = book[palette[from + 4 * k + channel]];
      }
    }
  }
}
