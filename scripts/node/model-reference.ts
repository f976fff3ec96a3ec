import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Two inputs of a model and the outputs that PyTorch gives for them, as training/export.py writes them beside it. */
export interface ModelReference {
  imageA: { data: Float32Array; dims: number[] };
  imageB: { data: Float32Array; dims: number[] };
  warp: Float32Array;
  logit: Float32Array;
}

export function readModelReference(folder: string): ModelReference {
  const { file, order } = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')) as {
    file: string;
    order: Record<string, { type: string; shape: number[] }>;
  };
  const bytes = readFileSync(join(folder, file));
  const values: Record<string, { data: Float32Array; dims: number[] }> = {};
  let at = 0;
  for (const [name, { type, shape }] of Object.entries(order)) {
    const count = shape.reduce((a, b) => a * b, 1);
    const isByte = type.startsWith('uint8');
    const end = at + count * (isByte ? 1 : 4);
    const part = new Uint8Array(bytes.subarray(at, end));
    values[name] = {
      data: isByte ? Float32Array.from(part, (v) => v / 255) : new Float32Array(part.buffer),
      dims: shape,
    };
    at = end;
  }
  return { imageA: values.image_a, imageB: values.image_b, warp: values.warp.data, logit: values.certainty_logit.data };
}
