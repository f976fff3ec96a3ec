import type { Bvh } from '../../src/gaussians/truth/bvh.ts';
import type { Camera } from './camera.ts';
import type { Primitive } from './primitive.ts';

/** The file's largest value: the nearest place. */
const NEAREST = 0xffff;

/**
 * Disparity (1 / depth along the line of sight) at every pixel's centre as 16-bit samples in proportion: the nearest
 * place is the largest sample, sky is 0.
 * @param levels powers of two; fewer compress better, and every sample is a multiple of 65536 / levels
 */
export function exactDisparity(bvh: Bvh<Primitive>, camera: Camera, levels: number): Uint16Array {
  const { width, height } = camera;
  const disparity = new Float64Array(width * height);
  let nearest = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // The ray's parameter is depth along the line of sight.
      const hit = bvh.nearest(camera.ray(x + 0.5, y + 0.5));
      const value = hit ? 1 / hit.t : 0;
      disparity[y * width + x] = value;
      nearest = Math.max(nearest, value);
    }
  }
  const step = (NEAREST + 1) / levels;
  return Uint16Array.from(disparity, (value) => {
    if (value === 0) return 0;
    // Never 0, which means that nothing is there.
    return step * Math.max(1, Math.round((value / nearest) * (levels - 1)));
  });
}
