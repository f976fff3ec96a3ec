import { makePhoto } from '../../match/testing/stage.ts';
import type { Size } from '../../../core/geometry.ts';
import { DEFAULT_LIFT, type LiftSettings } from '../contract/settings.ts';
import type { OpenedDepth } from './depth/depth-sources.ts';
import type { HoleFiller } from './drawing/renderer.ts';
import type { LiftPhoto } from './depth/depth-sources.ts';
import type { SkyModel } from './scenes.ts';

/** A made-up photo with a slanted ground and a box in front of it. */
export function liftedPhoto(size: Size, seed = 1): { photo: LiftPhoto; depth: OpenedDepth } {
  const pixels = makePhoto(size, seed);
  const { width, height } = size;
  const values = new Float32Array(width * height);
  for (let i = 0; i < values.length; i++) {
    const x = (i % width) / width;
    const y = Math.floor(i / width) / height;
    const isBox = x > 0.35 && x < 0.6 && y > 0.3 && y < 0.7;
    values[i] = isBox ? 0.9 : 0.15 + 0.4 * y;
  }
  const info = { kind: 'estimate', name: 'made up', size, notes: [], milliseconds: 0 } as const;
  const key = `photo-${seed}/depth`;
  const depth = { key, map: { size, values }, info: { ...info, notes: [] } };
  return { photo: { key: `photo-${seed}`, pixels: () => pixels }, depth };
}

/** The defaults at a small size, without sky. */
export const smallSettings = (longSide: number): LiftSettings => ({
  ...DEFAULT_LIFT,
  render: { ...DEFAULT_LIFT.render, longSide },
  sky: { ...DEFAULT_LIFT.sky, source: 'none' },
});

/** As long as there is no network. */
export const NO_SKY_MODEL: SkyModel = {
  skyKey: () => Promise.reject(new Error('no sky network')),
  skyMap: () => Promise.reject(new Error('no sky network')),
};

export const NO_FILLER: HoleFiller = { inpaint: () => Promise.reject(new Error('no inpainting network')) };

/** Fills holes with one grey. */
export const GREY_FILLER: HoleFiller = {
  inpaint: async ({ data }, holes) => data.map((value, at) => (holes[at >> 2] ? (at % 4 === 3 ? 255 : 180) : value)),
};
