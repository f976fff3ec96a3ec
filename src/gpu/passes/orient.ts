import code from '../../../shaders/orient.wgsl?raw';
import dispatch from '../../../shaders/common/dispatch.wgsl?raw';
import turnsCode from '../../../shaders/common/turns.wgsl?raw';
import { gridWorkgroups, linearWorkgroups, recordCompute } from '../dispatch.ts';
import { gridPoints, logitBinding, warpBinding } from '../field.ts';
import type { WarpField } from '../field.ts';
import { unturnedSize } from '../reference/preprocess.ts';
import type { QuarterTurns } from '../reference/preprocess.ts';
import type { Scope } from '../scope.ts';
import { createComputePipeline, createShader } from '../shader.ts';
import { UniformRing } from '../uniforms.ts';

/** A field as far as this pass reads or writes it. */
export type RawWarpField = Pick<WarpField, 'grid' | 'photo' | 'warp' | 'logit'>;

/** Undoes rotation rescue on the GPU, see reference/orient.ts. */
export class OrientPass {
  private readonly values: GPUComputePipeline;
  private readonly places: GPUComputePipeline;
  private readonly params: UniformRing;

  constructor(
    private readonly device: GPUDevice,
    scope: Scope,
  ) {
    const shader = createShader(device, 'orient', dispatch, turnsCode, code);
    this.values = createComputePipeline(device, shader, 'values');
    this.places = createComputePipeline(device, shader, 'places');
    this.params = new UniformRing(device, scope, shader, 'params');
  }

  /**
   * Writes `upright.a.warp`, `upright.b.warp` and `upright.b.logit`, none of which may be the turned buffer.
   * A's logits do not change: let both fields share the buffer. The upright B has the size
   * `unturnedSize(turned.b.grid, turns)`.
   */
  run(
    encoder: GPUCommandEncoder,
    turned: { a: RawWarpField; b: RawWarpField },
    upright: { a: RawWarpField; b: RawWarpField },
    turns: QuarterTurns,
  ): void {
    const { width, height } = turned.b.grid;
    const unturned = unturnedSize(turned.b.grid, turns);
    const params = this.params.push({ unturned: [unturned.width, unturned.height], turned: [width, height], turns });
    recordCompute(
      encoder,
      this.device,
      this.values,
      [params, warpBinding(turned.a), warpBinding(upright.a)],
      linearWorkgroups(gridPoints(turned.a.grid)),
    );
    recordCompute(
      encoder,
      this.device,
      this.places,
      [params, warpBinding(turned.b), warpBinding(upright.b), logitBinding(turned.b), logitBinding(upright.b)],
      gridWorkgroups(turned.b.grid),
    );
  }
}
