import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Matrix3 } from '../../core/matrix3.ts';
import type { ActiveGaussians } from '../activate.ts';
import { type SplatCamera, transpose3, translationAt } from '../camera.ts';

/** Recorded pictures of an independent float64 rasteriser, beside the repository. */
const FOLDER = fileURLToPath(new URL('../../../../shared/parity/splat-render/', import.meta.url));

export function hasParity(): boolean {
  const found = existsSync(`${FOLDER}case.json`);
  if (!found) console.warn(`Skipped: no recorded pictures at ${FOLDER}.`);
  return found;
}

export interface Recorded {
  tensor(name: string): Float32Array;
  /** `micro` with its five Gaussians of degree 3 and cameras a and b, or `small` with 12,288 of degree 2. */
  gaussians(name: 'micro' | 'small', antialiased?: boolean): ActiveGaussians;
  camera(name: 'micro_a' | 'micro_b' | 'small'): SplatCamera;
}

export function loadRecorded(): Recorded {
  const { tensors } = JSON.parse(readFileSync(`${FOLDER}case.json`, 'utf8')) as {
    tensors: Record<string, { shape: number[]; byteOffset: number }>;
  };
  const blob = readFileSync(`${FOLDER}tensors.bin`);
  const tensor = (name: string) => {
    const { shape, byteOffset } = tensors[name];
    const start = blob.byteOffset + byteOffset;
    return new Float32Array(blob.buffer.slice(start, start + 4 * shape.reduce((product, n) => product * n, 1)));
  };
  return {
    tensor,
    gaussians(name, antialiased = false) {
      const sh = tensor(`${name}_sh`);
      const count = tensor(`${name}_opacities`).length;
      const coefficients = sh.length / (3 * count);
      const at = (i: number, k: number, channel: number) => sh[(3 * i + channel) * coefficients + k];
      const sh0 = Float32Array.from({ length: 3 * count }, (_, j) => at(Math.floor(j / 3), 0, j % 3));
      const rest = coefficients - 1;
      const shRest = Float32Array.from({ length: 3 * count * rest }, (_, j) => {
        const coefficient = Math.floor(j / 3);
        return at(Math.floor(coefficient / rest), 1 + (coefficient % rest), j % 3);
      });
      return {
        count,
        positions: tensor(`${name}_means`),
        scales: tensor(`${name}_scales`),
        quaternions: tensor(`${name}_quaternions`),
        opacities: tensor(`${name}_opacities`),
        shDegree: name === 'micro' ? 3 : 2,
        sh0,
        shRest,
        antialiased,
      };
    },
    camera(name) {
      const pose = tensor(name === 'small' ? 'small_extrinsics' : `micro_extrinsics_${name.slice(-1)}`);
      const k = tensor(name === 'small' ? 'small_intrinsics' : 'micro_intrinsics');
      const [width, height] = name === 'small' ? [96, 64] : [48, 32];
      const [x, y] = name === 'small' ? [width, height] : [1, 1];
      const block = [0, 1, 2].flatMap((row) => [...pose.subarray(4 * row, 4 * row + 3)]) as unknown as Matrix3;
      const rotation = transpose3(block);
      return {
        width,
        height,
        fx: k[0] * x,
        cx: k[2] * x,
        fy: k[4] * y,
        cy: k[5] * y,
        rotation,
        translation: translationAt(rotation, [pose[3], pose[7], pose[11]]),
      };
    },
  };
}
