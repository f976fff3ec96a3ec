import code from '../../../../../shaders/match/draw-flow.wgsl';
import type { PanePassOptions } from '../pane/gpu.ts';

/** Displacement in the Middlebury colour wheel, hatched where uncertain. */
export const flowPass: PanePassOptions = {
  label: 'draw-flow',
  code,
  entryPoint: 'drawFlow',
  needsField: true,
};
