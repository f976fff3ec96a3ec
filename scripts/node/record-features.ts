import { join } from 'node:path';
import { zipSync } from 'fflate';
import { preprocess } from '../../src/compute/preprocess/cpu.ts';
import { encodeNpy, type NpyArray, npyOfFloat32 } from '../../src/formats/arrays/npy.ts';
import { inputSize } from '../../src/models/input-size.ts';
import { weightsOf } from '../../src/models/manifest.ts';
import { COMPARE_PARAMS } from '../../src/pages/compare/params.ts';
import { loadMatcher, modelIds } from './load-matcher.ts';
import { FilePhoto } from './photo.ts';
import { NodeRuntime } from './ort-node.ts';
import { ROOT } from './tools.mjs';

/** The features that a first visit's Compare page shows beside the classical ones. */
export const RECORDED_FEATURES = ['f16', 'l8'] as const;

/** Features of a sample's photos by the model that ships with the app, in 8 bits, as RecordedFeatures reads them. */
export async function recordFeatures({ a, b }: { a: string; b: string }): Promise<Uint8Array> {
  const runtime = new NodeRuntime();
  const { matcher } = await loadMatcher(modelIds()[0], runtime);
  const { manifest } = matcher;
  const { input } = manifest.passes[0];
  const longSide = COMPARE_PARAMS.longSide.default;
  const arrays: Record<string, NpyArray> = {
    weights: bytesArray(new TextEncoder().encode(weightsOf(manifest))),
    long_side: npyOfFloat32(Float32Array.of(longSide), []),
  };
  try {
    for (const [side, path] of Object.entries({ a, b })) {
      const photo = await FilePhoto.open(join(ROOT, 'public', 'samples', path));
      const size = inputSize(photo.size, input, longSide);
      const image = preprocess(photo.pixels(), {
        size,
        normalisation: { scale: 1, mean: input.mean, std: input.std },
      });
      const features = await matcher.encode(0, runtime.tensor(image, [1, 3, size.height, size.width]));
      for (const name of RECORDED_FEATURES) {
        const { dims, data } = features[name];
        const [, channels, height, width] = dims;
        const { values, steps } = quantised(data!, channels);
        arrays[`${side}_${name}`] = { dtype: 'int8', shape: [height, width, channels], bytes: values };
        arrays[`${side}_${name}_step`] = npyOfFloat32(steps, [channels]);
      }
    }
  } finally {
    await matcher.release();
  }
  const files = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, encodeNpy(array)] as const);
  // The same bytes every time: no date of today.
  return zipSync(Object.fromEntries(files), { level: 9, mtime: '2026-01-01' });
}

/** Channel planes as places with their channels together, each channel in 255 steps of its own. */
function quantised(planes: Float32Array, channels: number) {
  const points = planes.length / channels;
  const values = new Int8Array(planes.length);
  const steps = new Float32Array(channels);
  for (let c = 0; c < channels; c++) {
    const plane = planes.subarray(c * points, (c + 1) * points);
    steps[c] = plane.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12) / 127;
    for (let i = 0; i < points; i++) values[i * channels + c] = Math.round(plane[i] / steps[c]);
  }
  return { values: new Uint8Array(values.buffer), steps };
}

const bytesArray = (bytes: Uint8Array<ArrayBuffer>): NpyArray => ({ dtype: 'uint8', shape: [bytes.length], bytes });
