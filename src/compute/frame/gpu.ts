import composeCode from '../../../shaders/match/frame-compose.wgsl';
import drawCode from '../../../shaders/match/frame-draw.wgsl';
import type { Size } from '../../core/geometry.ts';
import type { Matrix3 } from '../../core/matrix3.ts';
import { type ComputeStep, gridWorkgroups, recordCompute } from '../../platform/gpu/dispatch.ts';
import { gridPoints } from '../field/gpu.ts';
import { NO_LOGIT, invertFrame, supersampling } from './cpu.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { createComputeStep, createShader } from '../../platform/gpu/shader.ts';
import { UniformRing } from '../../platform/gpu/uniforms.ts';

/** One direction as the decoder gives it, on the GPU. Buffers may be larger than the grid. */
export interface DecodedBuffers {
  grid: Size;
  warp: GPUBuffer;
  logit: GPUBuffer;
}

/** Draws photo B through a frame, and takes the frame out of the match again; see reference/frame.ts. */
export class FramePass {
  private readonly drawStep: ComputeStep;
  private readonly forwardStep: ComputeStep;
  private readonly backwardStep: ComputeStep;
  private readonly drawParams: UniformRing;
  private readonly composeParams: UniformRing;

  constructor(
    private readonly device: GPUDevice,
    scope: Scope,
  ) {
    const draw = createShader(device, 'frame-draw', drawCode);
    const compose = createShader(device, 'frame-compose', composeCode, { NO_LOGIT });
    this.drawStep = createComputeStep(device, draw, 'main');
    this.forwardStep = createComputeStep(device, compose, 'forward');
    this.backwardStep = createComputeStep(device, compose, 'backward');
    this.drawParams = new UniformRing(device, scope, draw, 'params');
    this.composeParams = new UniformRing(device, scope, compose, 'params');
  }

  /** Usage that the picture's texture (rgba8unorm) needs. */
  static readonly pictureUsage = 0x04 | 0x08; // TEXTURE_BINDING | STORAGE_BINDING: the constants are absent where WebGPU is.

  /** Fills `picture` with the photo as the frame shows it. */
  draw(encoder: GPUCommandEncoder, photo: GPUTexture, picture: GPUTexture, frame: Matrix3): void {
    const size = { width: picture.width, height: picture.height };
    const params = this.drawParams.push({
      ...rows(frame),
      size: [size.width, size.height],
      samples: supersampling(photo, frame, size),
    });
    recordCompute(
      encoder,
      this.device,
      this.drawStep,
      { params, photo: photo.createView(), picture: picture.createView() },
      gridWorkgroups(size),
    );
  }

  /** A→frame to A→B; `target` has the same grid as `source`. */
  composeForward(encoder: GPUCommandEncoder, source: DecodedBuffers, target: DecodedBuffers, frame: Matrix3): void {
    this.compose(encoder, this.forwardStep, source, target, frame);
  }

  /** frame→A to B→A on the target's grid, which lies on B. */
  composeBackward(encoder: GPUCommandEncoder, source: DecodedBuffers, target: DecodedBuffers, frame: Matrix3): void {
    this.compose(encoder, this.backwardStep, source, target, invertFrame(frame));
  }

  private compose(
    encoder: GPUCommandEncoder,
    step: ComputeStep,
    source: DecodedBuffers,
    target: DecodedBuffers,
    matrix: Matrix3,
  ): void {
    const params = this.composeParams.push({
      ...rows(matrix),
      source: [source.grid.width, source.grid.height],
      grid: [target.grid.width, target.grid.height],
    });
    const [from, to] = [planes(source), planes(target)];
    const bindings = { params, warpIn: from.warp, logitIn: from.logit, warpOut: to.warp, logitOut: to.logit };
    recordCompute(encoder, this.device, step, bindings, gridWorkgroups(target.grid));
  }
}

const rows = (m: Matrix3) => ({ row0: m.slice(0, 3), row1: m.slice(3, 6), row2: m.slice(6, 9) });

const planes = ({ grid, warp, logit }: DecodedBuffers) => ({
  warp: { buffer: warp, size: gridPoints(grid) * 8 },
  logit: { buffer: logit, size: gridPoints(grid) * 4 },
});
