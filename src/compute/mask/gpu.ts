import code from '../../../shaders/match/mask.wgsl';
import type { FieldMask, PhotoMask } from '../../core/mask.ts';
import { linearWorkgroups } from '../../platform/gpu/dispatch.ts';
import { Kernel } from '../../platform/gpu/kernel.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { createShader } from '../../platform/gpu/shader.ts';
import { certaintyBinding, gridPoints, warpBinding } from '../field/gpu.ts';
import type { WarpField } from '../field/gpu.ts';

const NO_SIZE = [0, 0] as const;

/** Sets a field's certainty to 0 where masks leave a place or its match out, see cpu.ts. */
export class MaskPass {
  private readonly kernel: Kernel;
  private readonly device: GPUDevice;

  constructor(
    device: GPUDevice,
    private readonly scope: Scope,
  ) {
    this.device = device;
    this.kernel = new Kernel(device, scope, createShader(device, 'mask', code), 'main');
  }

  /** Masks the certainty that lies there. What is returned frees the masks' copies, after the commands are submitted. */
  run(encoder: GPUCommandEncoder, field: WarpField, { here, there }: FieldMask): () => void {
    const scope = this.scope.child('masks');
    const size = (mask: PhotoMask | null) => (mask ? [mask.width, mask.height] : [...NO_SIZE]);
    const words = (label: string, mask: PhotoMask | null): GPUBuffer => {
      const buffer = scope.storage(label, mask?.bits.byteLength ?? 4);
      if (mask) this.device.queue.writeBuffer(buffer, 0, mask.bits);
      return buffer;
    };
    const params = { grid: [field.grid.width, field.grid.height], here: size(here), there: size(there) };
    const bindings = {
      warp: warpBinding(field),
      maskHere: { buffer: words('here', here) },
      maskThere: { buffer: words('there', there) },
      certainty: certaintyBinding(field),
    };
    this.kernel.run(encoder, params, bindings, linearWorkgroups(gridPoints(field.grid)));
    return () => scope.destroy();
  }
}
