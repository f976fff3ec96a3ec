import code from '../../../../../shaders/compare/gradient-histogram.wgsl';
import type { Size } from '../../../../core/geometry.ts';
import { linearWorkgroups } from '../../../../platform/gpu/dispatch.ts';
import { gridPoints } from '../../../../compute/field/gpu.ts';
import { Kernel } from '../../../../platform/gpu/kernel.ts';
import { cellGrid, DESCRIPTOR_CHANNELS, descriptorGrid, GRADIENT_HISTOGRAM } from './cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { createShader } from '../../../../platform/gpu/shader.ts';

/** The classical descriptor at every place of an image, see reference/gradient-histogram.ts. */
export class GradientHistogramPass {
  private readonly histogram: Kernel;
  private readonly describe: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    const { cell, clip, epsilon, orientations, window } = GRADIENT_HISTOGRAM;
    const names = { ORIENTATIONS: orientations, WINDOW: window, CHANNELS: DESCRIPTOR_CHANNELS };
    const shader = createShader(device, 'gradient-histogram', code, names);
    this.histogram = new Kernel(device, scope, shader, 'histogram', { CELL: cell });
    this.describe = new Kernel(device, scope, shader, 'describe', { CLIP: clip, EPSILON: epsilon });
  }

  /** Bytes of the buffers that {@link run} fills, for an image of this size. */
  static bytes(size: Size): { cells: number; descriptors: number } {
    return {
      cells: 4 * gridPoints(cellGrid(size)) * GRADIENT_HISTOGRAM.orientations,
      descriptors: 4 * gridPoints(descriptorGrid(size)) * DESCRIPTOR_CHANNELS,
    };
  }

  /** Image [3, h, w] in [0, 1] → `descriptors` [places, channels]; `cells` is scratch. */
  run(encoder: GPUCommandEncoder, image: GPUBuffer, size: Size, cells: GPUBuffer, descriptors: GPUBuffer): void {
    const places = descriptorGrid(size);
    const bytes = GradientHistogramPass.bytes(size);
    const params = { image: [size.width, size.height], places: [places.width, places.height] };
    const cellBinding = { buffer: cells, size: bytes.cells };
    const imageBinding = { buffer: image, size: 12 * gridPoints(size) };
    const cellCount = gridPoints(cellGrid(size));
    this.histogram.run(encoder, params, { image: imageBinding, cells: cellBinding }, linearWorkgroups(cellCount));
    const target = { buffer: descriptors, size: bytes.descriptors };
    this.describe.run(
      encoder,
      params,
      { cells: cellBinding, descriptors: target },
      linearWorkgroups(gridPoints(places)),
    );
  }
}
