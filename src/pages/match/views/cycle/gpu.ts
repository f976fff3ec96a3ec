import code from '../../../../../shaders/match/draw-cycle.wgsl';
import type { PanePassOptions } from '../pane/gpu.ts';

/** Cycle error as a heat map over the pane's photo, where the match is certain enough. */
export const cyclePass: PanePassOptions = {
  label: 'draw-cycle',
  code,
  entryPoint: 'drawCycle',
  needsField: true,
};
