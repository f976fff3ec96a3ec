import code from '../../../../../shaders/match/draw-warp.wgsl';
import type { PanePassOptions } from '../pane/gpu.ts';

/** The pane's photo rebuilt from the other one's pixels, weighted by certainty, over white or black. */
export const warpPass: PanePassOptions = {
  label: 'draw-warp',
  code,
  entryPoint: 'drawWarp',
  needsField: true,
};
