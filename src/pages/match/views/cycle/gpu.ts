import code from '../../../../../shaders/match/draw-cycle.wgsl';
import { PanePass } from '../pane/gpu.ts';
import type { PaneBindings } from '../pane/bindings.ts';

/** Cycle error as a heat map over the pane's photo, where the match is certain enough. */
export class DrawCycle extends PanePass {
  constructor(bindings: PaneBindings, format: GPUTextureFormat) {
    super(bindings, format, {
      label: 'draw-cycle',
      code,
      entryPoint: 'drawCycle',
      needsField: true,
    });
  }
}
