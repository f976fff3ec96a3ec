import { blobSource } from '../../../../formats/byte-source.ts';
import { looksLikeNpy, npyFloat32, parseNpy } from '../../../../formats/arrays/npy.ts';
import { looksLikePfm, parsePfm } from '../../../../formats/images/pfm.ts';
import { looksLikePng, readPng } from '../../../../formats/images/png-reader.ts';
import { CodedError, throwIfAborted } from '../../../../core/errors.ts';
import type { Size } from '../../../../core/geometry.ts';
import { type DisparityMap, fillMissing } from './disparity-map.ts';

export type DepthMeaning = 'disparity' | 'depth';

/** A map that came as a file; `disparity` is finite everywhere. */
export interface ReadDepth extends DisparityMap {
  /** What was replaced or left out, for the person. */
  readonly notes: string[];
}

/** 8192² in float64, and a header. */
const MAX_FILE_BYTES = 2 ** 29 + 2 ** 16;
const MAX_PIXELS = 2 ** 26;
/** Fewer make no surface. */
const MIN_SIDE = 2;

interface Values {
  readonly values: Float32Array;
  readonly size: Size;
}

/**
 * Reads a disparity or depth map: 8- or 16-bit PNG (grey, or equal channels), `.npy` of shape [h, w] or [1, h, w] in
 * any number type, or `.pfm`; the content decides, not the name. Depth is inverted. Values that are no distance (not a
 * number, negative, depth 0, infinite disparity) take that of the nearest place that has one; disparity 0 is infinitely
 * far, as networks that end in a ReLU say of the sky. Throws the formats' own errors, `depth-unknown-format`,
 * `depth-in-colour`, `depth-shape`, `depth-empty`, `limit-exceeded`, `cancelled`.
 */
export async function readDepth(
  file: Blob,
  name: string,
  meaning: DepthMeaning,
  signal?: AbortSignal,
): Promise<ReadDepth> {
  if (file.size > MAX_FILE_BYTES) {
    const message = `“${name}” has ${file.size} bytes, more than any depth map that can be used.`;
    throw new CodedError('limit-exceeded', message, 'Choose a map of a smaller size.');
  }
  const bytes = await blobSource(file).read(0, file.size);
  throwIfAborted(signal);
  const notes: string[] = [];
  const parsed = await parse(bytes, name, notes);
  const { size } = parsed;
  throwIfAborted(signal);
  if (size.width < MIN_SIDE || size.height < MIN_SIDE || size.width * size.height > MAX_PIXELS) {
    throw shapeError(name, `has ${size.width} × ${size.height} values`);
  }
  return { disparity: toDisparity(parsed, meaning, name, notes), size, notes };
}

async function parse(bytes: Uint8Array<ArrayBuffer>, name: string, notes: string[]): Promise<Values> {
  if (looksLikePng(bytes)) return parsePicture(bytes, name, notes);
  if (looksLikeNpy(bytes)) {
    const array = parseNpy(bytes);
    const shape = [...array.shape];
    while (shape.length > 2 && shape[0] === 1) shape.shift();
    // What some networks save: [h, w, 1].
    if (shape.length === 3 && shape[2] === 1) shape.pop();
    if (shape.length !== 2) throw shapeError(name, `is an array of shape [${array.shape.join(', ')}]`);
    return { values: npyFloat32(array), size: { width: shape[1], height: shape[0] } };
  }
  if (looksLikePfm(bytes)) {
    const { size, channels, values } = parsePfm(bytes);
    if (channels !== 1) throw shapeError(name, 'is a float map in colour');
    return { values, size };
  }
  throw new CodedError(
    'depth-unknown-format',
    `“${name}” is no depth map that can be read here.`,
    'Choose a PNG with 8 or 16 bits, a .npy array of shape [h, w] or a .pfm file.',
  );
}

async function parsePicture(bytes: Uint8Array<ArrayBuffer>, name: string, notes: string[]): Promise<Values> {
  const { size, channels, samples, bitDepth } = await readPng(bytes);
  if (bitDepth < 16) notes.push(`${2 ** bitDepth} grey levels: surfaces will have steps; 16 bits are better.`);
  const values = new Float32Array(size.width * size.height);
  const isColour = channels >= 3;
  for (let i = 0, at = 0; i < values.length; i++, at += channels) {
    values[i] = samples[at];
    // A colour map cannot be undone: its mean would look like a depth and be none.
    if (isColour && (samples[at] !== samples[at + 1] || samples[at] !== samples[at + 2])) {
      throw new CodedError(
        'depth-in-colour',
        `“${name}” shows depth in colours, which have no order.`,
        'Choose the grey version of it (for Depth Anything: --grayscale), or the .npy file.',
      );
    }
  }
  return { values, size };
}

function toDisparity({ values, size }: Values, meaning: DepthMeaning, name: string, notes: string[]): Float32Array {
  const disparity = new Float32Array(values.length);
  let far = 0;
  for (let i = 0; i < values.length; i++) {
    const value = meaning === 'disparity' ? values[i] : values[i] > 0 ? 1 / values[i] : NaN;
    // Infinite: a stereo matcher's mark for nothing, or the inverse of a depth so small that it overflows.
    disparity[i] = value >= 0 && Math.fround(value) < Infinity ? value : NaN;
    if (disparity[i] === 0) far++;
  }
  const missing = fillMissing(disparity, size);
  if (missing + far === values.length) {
    throw new CodedError(
      'depth-empty',
      `“${name}” holds no value above zero.`,
      `Check that it is a ${meaning} map, and that it was written whole.`,
    );
  }
  const infinity = meaning === 'depth' ? 'depth ∞' : 'disparity 0';
  if (far) notes.push(`${percent(far / values.length)} is infinitely far (${infinity}).`);
  if (missing) {
    const what = meaning === 'depth' ? 'zero, negative or no number' : 'negative, infinite or no number';
    notes.push(`${percent(missing / values.length)} of the values were ${what}: the nearest valid ones stand in.`);
  }
  return disparity;
}

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

function shapeError(name: string, what: string): CodedError {
  return new CodedError(
    'depth-shape',
    `“${name}” ${what}; a depth map has one value for each place, at least ${MIN_SIDE} × ${MIN_SIDE} of them.`,
    'Save it as an array of shape [h, w].',
  );
}
