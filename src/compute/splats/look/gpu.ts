import { NamedLayout } from '../../../platform/gpu/bindings.ts';
import lookCode from '../../../../shaders/scene/look.wgsl';
import presentCode from '../../../../shaders/scene/present.wgsl';
import countCode from '../../../../shaders/scene/visible-count.wgsl';
import type { SplatCamera } from '../../../gaussians/camera.ts';
import { DepthOrder } from '../../../gaussians/order.ts';
import { NEAR } from '../../../gaussians/raster/project.ts';
import type { GaussianTable } from '../../../gaussians/table.ts';
import { type ComputeStep, linearWorkgroups } from '../../../platform/gpu/dispatch.ts';
import type { Scope } from '../../../platform/gpu/scope.ts';
import { createComputeStep, createRenderPipeline, createShader } from '../../../platform/gpu/shader.ts';
import { UniformRing } from '../../../platform/gpu/uniforms.ts';
import type { Rect, Size } from '../../../core/geometry.ts';
import { LAST_KEY, SPLAT_NAMES, type SplatScene } from '../scene.ts';
import { RadixSort, type SortKernels } from '../sort/gpu.ts';
import { type BoundStep, bindStep, recordSteps } from '../step.ts';

/** Eight bits would gather the roundings of hundreds of blends; this one can be blended on every adapter. */
const ACCUMULATION: GPUTextureFormat = 'rgba16float';
/** Up to so many Gaussians are sorted on the CPU in a few milliseconds (131 k in some 5); the rest on the GPU. */
export const CPU_ORDER_LIMIT = 300_000;
/** The order is kept while the view turned less (cosine of half a degree) and the camera stands still. */
const SAME_DIRECTION = Math.cos((0.5 * Math.PI) / 180);

/** Pipelines of the quads; one a device. */
export class LookKernels {
  readonly layout: NamedLayout;
  readonly quads: GPURenderPipeline;
  /** The same quads with nothing in them: what the bench holds against {@link quads}. */
  readonly emptyQuads: GPURenderPipeline;
  readonly count: ComputeStep;

  constructor(readonly device: GPUDevice) {
    const shader = createShader(device, 'splat-look', lookCode, SPLAT_NAMES);
    const { VERTEX: visibility } = GPUShaderStage;
    const read = { visibility, buffer: { type: 'read-only-storage' } } as const;
    this.layout = new NamedLayout(device, 'splat-look', shader.definitions, {
      view: { visibility, buffer: { type: 'uniform' } },
      splats: read,
      order: read,
      drawn: read,
    });
    const layout = device.createPipelineLayout({ label: 'splat-look', bindGroupLayouts: [this.layout.layout] });
    const over: GPUBlendComponent = { srcFactor: 'one', dstFactor: 'one-minus-src-alpha', operation: 'add' };
    const pipeline = (entryPoint: string) =>
      createRenderPipeline(device, {
        label: `splat-look/${entryPoint}`,
        layout,
        vertex: { module: shader.module, entryPoint: 'corner' },
        fragment: {
          module: shader.module,
          entryPoint,
          targets: [{ format: ACCUMULATION, blend: { color: over, alpha: over } }],
        },
        primitive: { topology: 'triangle-strip' },
      });
    this.quads = pipeline('shade');
    this.emptyQuads = pipeline('shadeNothing');
    const counting = createShader(device, 'splat-visible-count', countCode, { LAST_KEY });
    this.count = createComputeStep(device, counting, 'main');
  }
}

/** Which order the quads are drawn in, and how many of them. */
interface DrawOrder {
  readonly indices: GPUBuffer;
  /** Arguments of the draw; its second word is how many. */
  readonly draw: GPUBuffer;
  readonly steps: readonly BoundStep[];
  prepare(camera: SplatCamera): void;
}

/** One scene's fast path: colour and alpha into a 16-bit float texture, no readback. Dies with the scene's scope. */
export class SplatLook {
  private readonly order: DrawOrder;
  private readonly group: GPUBindGroup;
  private picture: GPUTexture | null = null;

  /** @param orderOn who sorts: the CPU at once where the view moved, or the GPU every frame */
  constructor(
    private readonly kernels: LookKernels,
    sorting: SortKernels,
    private readonly scene: SplatScene,
    table: GaussianTable,
    orderOn: 'cpu' | 'gpu',
  ) {
    this.order = orderOn === 'cpu' ? cpuOrder(scene, table) : gpuOrder(kernels, sorting, scene);
    this.group = kernels.layout.bind({
      view: scene.view,
      splats: { buffer: scene.splats },
      order: { buffer: this.order.indices },
      drawn: { buffer: this.order.draw },
    });
  }

  /**
   * Records the picture of a camera that {@link SplatScene.setView} was told.
   * @returns premultiplied rgba16float of the camera's size; overwritten by the next record
   */
  record(encoder: GPUCommandEncoder, camera: SplatCamera, pipeline = this.kernels.quads): GPUTexture {
    this.order.prepare(camera);
    const picture = this.pictureOf(camera);
    const compute = encoder.beginComputePass({ label: 'splat-look' });
    recordSteps(compute, this.order.steps);
    compute.end();
    const pass = encoder.beginRenderPass({
      label: 'splat-look',
      colorAttachments: [{ view: picture.createView(), clearValue: [0, 0, 0, 0], loadOp: 'clear', storeOp: 'store' }],
    });
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, this.group);
    pass.drawIndirect(this.order.draw, 0);
    pass.end();
    return picture;
  }

  private pictureOf({ width, height }: Size): GPUTexture {
    if (this.picture?.width !== width || this.picture.height !== height) {
      if (this.picture) this.scene.scope.release(this.picture);
      const { RENDER_ATTACHMENT, TEXTURE_BINDING, COPY_SRC } = GPUTextureUsage;
      this.picture = this.scene.scope.texture('splats/picture', {
        size: [width, height],
        format: ACCUMULATION,
        usage: RENDER_ATTACHMENT | TEXTURE_BINDING | COPY_SRC,
      });
    }
    return this.picture;
  }
}

function cpuOrder(scene: SplatScene, table: GaussianTable): DrawOrder {
  const order = new DepthOrder(table.positions);
  const indices = scene.scope.storage('splats/order', 4 * scene.count);
  const draw = scene.scope.storage('splats/draw', 16, GPUBufferUsage.INDIRECT);
  let sorted: SplatCamera | null = null;
  return {
    indices,
    draw,
    steps: [scene.projectStep(null, null)],
    prepare(camera) {
      if (sorted && isSameOrder(sorted, camera)) return;
      const { rotation: r, translation: t } = camera;
      const visible = order.update([r[6], r[7], r[8]], t[2], NEAR);
      const { queue } = scene.scope.device;
      queue.writeBuffer(indices, 0, order.indices, 0, visible);
      queue.writeBuffer(draw, 0, Uint32Array.of(4, visible, 0, 0));
      sorted = camera;
    },
  };
}

/** Whether two cameras stand at the same place and look the same way, roll and lens aside. */
function isSameOrder(a: SplatCamera, b: SplatCamera): boolean {
  const [r, s] = [a.rotation, b.rotation];
  if (r[6] * s[6] + r[7] * s[7] + r[8] * s[8] < SAME_DIRECTION) return false;
  if (r.every((value, k) => value === s[k])) return a.translation.every((value, k) => value === b.translation[k]);
  // −Rᵀt of both: the cameras' places, up to rounding.
  const place = (c: SplatCamera, k: number) =>
    [0, 1, 2].reduce((sum, row) => sum - c.rotation[3 * row + k] * c.translation[row], 0);
  const scale = 1e-9 * (1 + Math.hypot(...a.translation));
  return [0, 1, 2].every((k) => Math.abs(place(a, k) - place(b, k)) <= scale);
}

function gpuOrder(kernels: LookKernels, sorting: SortKernels, scene: SplatScene): DrawOrder {
  const { scope, count } = scene;
  const { device } = kernels;
  const counts = scope.storage('splats/count', 4);
  device.queue.writeBuffer(counts, 0, Uint32Array.of(count));
  // Depth is positive: its highest bit is 0, but that of what is culled is not.
  const sort = new RadixSort(sorting, scope, count, 32, counts);
  const params = scope.buffer('splats/count-params', 4, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  device.queue.writeBuffer(params, 0, Uint32Array.of(count));
  const draw = scope.storage('splats/draw', 16, GPUBufferUsage.INDIRECT);
  const bindings = { params: { buffer: params }, keys: { buffer: sort.keys }, draw: { buffer: draw } };
  const counting = bindStep(device, kernels.count, bindings, linearWorkgroups(count + 1));
  return {
    indices: sort.values,
    draw,
    steps: [scene.projectStep(sort, null), ...sort.steps, counting],
    prepare: () => {},
  };
}

/** Colours on a canvas. */
export interface Ground {
  /** Behind the splats. */
  readonly background: readonly [number, number, number];
  /** Around the picture. */
  readonly ground: readonly [number, number, number];
}

/** Draws the accumulated picture on a canvas. */
export class PresentPass {
  private readonly pipeline: GPURenderPipeline;
  private readonly params: UniformRing;
  private readonly sampler: GPUSampler;
  private readonly layout: NamedLayout;
  /** Made anew only where the picture is another texture. */
  private bound: { picture: GPUTexture; group: GPUBindGroup } | null = null;

  constructor(device: GPUDevice, scope: Scope, format: GPUTextureFormat) {
    const shader = createShader(device, 'splat-present', presentCode);
    const { module } = shader;
    this.params = new UniformRing(device, scope, shader, 'params');
    const { FRAGMENT: visibility } = GPUShaderStage;
    this.layout = new NamedLayout(device, 'splat-present', shader.definitions, {
      params: { visibility, buffer: { type: 'uniform', hasDynamicOffset: true } },
      pictureSampler: { visibility, sampler: {} },
      picture: { visibility, texture: {} },
    });
    this.sampler = device.createSampler({ label: 'splat-present', magFilter: 'linear', minFilter: 'linear' });
    this.pipeline = createRenderPipeline(device, {
      label: 'splat-present',
      layout: device.createPipelineLayout({ label: 'splat-present', bindGroupLayouts: [this.layout.layout] }),
      vertex: { module, entryPoint: 'cover' },
      fragment: { module, entryPoint: 'show', targets: [{ format }] },
    });
  }

  /** Covers all of `target`; the picture lies at `rect`, pixels of the target. */
  record(
    encoder: GPUCommandEncoder,
    target: GPUTextureView,
    picture: GPUTexture,
    { x, y, width, height }: Rect,
    { background, ground }: Ground,
  ): void {
    const params = this.params.push({
      rect: [x, y, width, height],
      background: [...background, 1],
      ground: [...ground, 1],
    });
    const pass = encoder.beginRenderPass({
      label: 'splat-present',
      colorAttachments: [{ view: target, loadOp: 'clear', storeOp: 'store' }],
    });
    pass.setPipeline(this.pipeline);
    pass.setBindGroup(0, this.groupOf(picture), [params.offset ?? 0]);
    pass.draw(3);
    pass.end();
  }

  private groupOf(picture: GPUTexture): GPUBindGroup {
    if (this.bound?.picture !== picture) {
      const resources = {
        params: this.params.window,
        pictureSampler: this.sampler,
        picture: picture.createView(),
      };
      this.bound = { picture, group: this.layout.bind(resources) };
    }
    return this.bound.group;
  }
}
