import code from '../../../../../shaders/match/draw-compare.wgsl';
import { enumNames } from '../../../../platform/gpu/shader.ts';
import { COMPARE_MODES } from '../../contract/view.ts';
import { PanePass } from '../pane/gpu.ts';
import type { PaneBindings } from '../pane/bindings.ts';

/** A against the other photo laid on its grid: swipe, blend, checkerboard, flicker, difference. */
export class DrawCompare extends PanePass {
  constructor(bindings: PaneBindings, format: GPUTextureFormat) {
    super(bindings, format, {
      label: 'draw-compare',
      code,
      names: enumNames('COMPARE', COMPARE_MODES),
      entryPoint: 'drawCompare',
      needsField: true,
    });
  }
}
