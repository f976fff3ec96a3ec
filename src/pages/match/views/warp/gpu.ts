import code from '../../../../../shaders/match/draw-warp.wgsl';
import { PanePass } from '../pane/gpu.ts';
import type { PaneBindings } from '../pane/bindings.ts';

/** The pane's photo rebuilt from the other one's pixels, weighted by certainty, over white or black. */
export class DrawWarp extends PanePass {
  constructor(bindings: PaneBindings, format: GPUTextureFormat) {
    super(bindings, format, { label: 'draw-warp', code, entryPoint: 'drawWarp', needsField: true });
  }
}
