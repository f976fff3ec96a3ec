import code from '../../../../../shaders/lift/prepare-disparity.wgsl';
import type { Size } from '../../../../core/geometry.ts';
import { LINEAR_WORKGROUP, linearWorkgroups } from '../../../../platform/gpu/dispatch.ts';
import { gridPoints } from '../../../../compute/field/gpu.ts';
import { Kernel } from '../../../../platform/gpu/kernel.ts';
import { DISPARITY_FLOOR } from './cpu.ts';
import type { DisparitySettings } from './cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { createShader } from '../../../../platform/gpu/shader.ts';
import { SmoothPass } from '../../../../compute/smooth/gpu.ts';

const MAX_PARTIALS = 256;

/** Blur, normalisation and clamping of a disparity map, see reference/lift/prepare-disparity.ts. */
export class PrepareDisparityPass {
  private readonly smooth: SmoothPass;
  private readonly partial: Kernel;
  private readonly total: Kernel;
  private readonly normalise: Kernel;
  private readonly ranges: GPUBuffer;

  constructor(device: GPUDevice, scope: Scope) {
    const shader = createShader(device, 'lift-prepare-disparity', code);
    this.smooth = new SmoothPass(device, scope);
    this.partial = new Kernel(device, scope, shader, 'partial');
    this.total = new Kernel(device, scope, shader, 'total');
    this.normalise = new Kernel(device, scope, shader, 'normalise', { FLOOR: DISPARITY_FLOOR });
    this.ranges = scope.storage('lift-prepare-disparity/ranges', 8 * (1 + MAX_PARTIALS));
  }

  /** Fills `target` from `source`; `scratch` is overwritten. All float32 [h, w], three different buffers. */
  run(
    encoder: GPUCommandEncoder,
    size: Size,
    { source, scratch, target }: { source: GPUBuffer; scratch: GPUBuffer; target: GPUBuffer },
    { blur, clip }: DisparitySettings,
  ): void {
    const points = gridPoints(size);
    const partials = Math.min(MAX_PARTIALS, Math.ceil(points / LINEAR_WORKGROUP));
    if (blur > 0) this.smooth.run(encoder, size, blur, { source, rows: scratch, target });
    else encoder.copyBufferToBuffer(source, 0, target, 0, 4 * points);
    const params = { points, partials, clip };
    const map = { buffer: target, size: 4 * points };
    const ranges = { buffer: this.ranges };
    this.partial.run(encoder, params, { disparity: map, ranges }, [partials, 1]);
    this.total.run(encoder, params, { ranges }, [1, 1]);
    this.normalise.run(encoder, params, { disparity: map, ranges }, linearWorkgroups(points));
  }
}
