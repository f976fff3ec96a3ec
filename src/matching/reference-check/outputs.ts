import { throwIfAborted } from '../../core/errors.ts';
import type { Side, Size } from '../../core/geometry.ts';
import type { ReferenceManifest } from '../../models/manifest.ts';
import type { RuntimeTensor } from '../../platform/runtime/runtime.ts';
import { type Decoded, disposeDecoded, disposeFeatures, type Features, type Matcher } from '../matcher.ts';
import { checkSizes, syntheticPhoto } from './synthetic-pair.ts';

/** What a model says of the synthetic pair, photo A's direction, thinned out to at most {@link MAX_SIDE} places a side. */
export interface CheckOutputs {
  /** Size of the decoder's grid. */
  grid: Size;
  /** Every how manyth row and column is kept, from the first. */
  step: number;
  /** [2, h, w] of the kept places, normalised. */
  warp: Float32Array;
  /** [h, w] */
  certaintyLogit: Float32Array;
}

/** So many numbers are a few kB in a manifest, whatever the network's size. */
const MAX_SIDE = 32;

/**
 * Runs the model on the synthetic pair, all passes.
 * @param read copies an output to the CPU
 * @throws CodedError `model-failed`, `cancelled`
 */
export async function checkOutputs(
  matcher: Matcher,
  read: (tensor: RuntimeTensor) => Promise<Float32Array>,
  signal?: AbortSignal,
): Promise<CheckOutputs> {
  const { passes } = matcher.manifest;
  const sizes = checkSizes(passes);
  const held: Features[] = [];
  let decoded: Decoded | undefined;
  try {
    for (const [pass, size] of sizes.entries()) {
      const features = {} as Record<Side, Features>;
      for (const side of ['a', 'b'] as const) {
        const pixels = syntheticPhoto(side, size, passes[pass].input);
        const image = matcher.runtime.tensor(pixels, [1, 3, size.height, size.width]);
        try {
          features[side] = await matcher.encode(pass, image);
        } finally {
          image.dispose();
        }
        held.push(features[side]);
        throwIfAborted(signal);
      }
      const next = await matcher.decode(pass, 'a', features, decoded);
      if (decoded) disposeDecoded(decoded);
      decoded = next;
      for (const done of held.splice(0)) disposeFeatures(done);
      throwIfAborted(signal);
    }
    const [, , height, width] = decoded!.warp.dims;
    const grid = { width, height };
    const step = Math.ceil(Math.max(width, height) / MAX_SIDE);
    return {
      grid,
      step,
      warp: thinned(await read(decoded!.warp), grid, step),
      certaintyLogit: thinned(await read(decoded!.logit), grid, step),
    };
  } finally {
    held.forEach(disposeFeatures);
    if (decoded) disposeDecoded(decoded);
  }
}

/** The outputs as a manifest stores them. */
export const toReference = ({ grid, step, warp, certaintyLogit }: CheckOutputs): ReferenceManifest => ({
  grid,
  step,
  warp: toBase64(warp),
  certaintyLogit: toBase64(certaintyLogit),
});

export const fromReference = ({ grid, step, warp, certaintyLogit }: ReferenceManifest): CheckOutputs => ({
  grid,
  step,
  warp: fromBase64(warp),
  certaintyLogit: fromBase64(certaintyLogit),
});

function thinned(values: Float32Array, { width, height }: Size, step: number): Float32Array {
  const kept: number[] = [];
  for (let plane = 0; plane < values.length; plane += width * height) {
    for (let y = 0; y < height; y += step)
      for (let x = 0; x < width; x += step) kept.push(values[plane + y * width + x]);
  }
  return Float32Array.from(kept);
}

/** Little-endian, on every machine. */
export function toBase64(values: Float32Array): string {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => view.setFloat32(4 * i, value, true));
  return btoa(String.fromCharCode(...new Uint8Array(view.buffer)));
}

export function fromBase64(text: string): Float32Array {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}
