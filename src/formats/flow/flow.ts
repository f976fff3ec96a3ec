import type { Size } from '../../core/geometry.ts';

/** Optical flow as flow files hold it. */
export interface Flow {
  size: Size;
  /** u, v of each pixel in turn, row by row: displacement in pixels, x right, y down. */
  vectors: Float32Array;
  /** 1 where the displacement is known, row by row. */
  valid: Uint8Array;
}
