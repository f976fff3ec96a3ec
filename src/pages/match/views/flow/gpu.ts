import code from '../../../../../shaders/match/draw-flow.wgsl';
import { PanePass } from '../pane/gpu.ts';
import type { PaneBindings } from '../pane/bindings.ts';

/** Displacement in the Middlebury colour wheel, hatched where uncertain. */
export class DrawFlow extends PanePass {
  constructor(bindings: PaneBindings, format: GPUTextureFormat) {
    super(bindings, format, { label: 'draw-flow', code, entryPoint: 'drawFlow', needsField: true });
  }
}
