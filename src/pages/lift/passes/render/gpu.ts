import renderCode from '../../../../../shaders/lift/render.wgsl';
import resolveCode from '../../../../../shaders/lift/resolve.wgsl';
import type { Size } from '../../../../core/geometry.ts';
import type { CameraPair } from '../../../../geometry/pinhole.ts';
import { gridWorkgroups } from '../../../../platform/gpu/dispatch.ts';
import { gridPoints } from '../../../../compute/field/gpu.ts';
import { Kernel } from '../../../../platform/gpu/kernel.ts';
import { WARP_NOWHERE } from './cpu.ts';
import { meshIndexCount, RIM_CONTINUATION } from '../mesh/cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { type BindingPlaces, bindingEntries, bindingPlaces } from '../../../../platform/gpu/bindings.ts';
import { createRenderPipeline, createShader } from '../../../../platform/gpu/shader.ts';
import { UniformRing } from '../../../../platform/gpu/uniforms.ts';
import { cameraUniforms } from '../cameras/gpu.ts';
import type { MeshBuffers } from '../mesh/gpu.ts';

const RASTER_FORMAT: GPUTextureFormat = 'rgba32float';
const DEPTH_FORMAT: GPUTextureFormat = 'depth32float';

/** A new view on the GPU; the members mean what they mean in reference/lift/render.ts. */
export interface ViewBuffers {
  size: Size;
  /** rgba8unorm; transparent black in holes. */
  colour: GPUTexture;
  /** float32 [h, w] */
  depth: GPUBuffer;
  /** float32 [2, h, w] */
  warp: GPUBuffer;
  /** uint32 [h, w] */
  visible: GPUBuffer;
  /** What the rasteriser draws on: place in the photo (pixels), depth, 1. */
  raster: GPUTexture;
  zBuffer: GPUTexture;
}

/** Textures and buffers for a view of this size; the scope owns them. */
export function createView(scope: Scope, size: Size): ViewBuffers {
  const extent = [size.width, size.height];
  const { RENDER_ATTACHMENT, TEXTURE_BINDING, STORAGE_BINDING, COPY_SRC, COPY_DST } = GPUTextureUsage;
  const colourUsage = TEXTURE_BINDING | STORAGE_BINDING | RENDER_ATTACHMENT | COPY_SRC | COPY_DST;
  return {
    size,
    colour: scope.texture('lift/colour', { size: extent, format: 'rgba8unorm', usage: colourUsage }),
    depth: scope.storage('lift/view-depth', 4 * gridPoints(size)),
    warp: scope.storage('lift/view-warp', 8 * gridPoints(size)),
    visible: scope.storage('lift/view-visible', 4 * gridPoints(size)),
    raster: scope.texture('lift/raster', {
      size: extent,
      format: RASTER_FORMAT,
      usage: RENDER_ATTACHMENT | TEXTURE_BINDING,
    }),
    zBuffer: scope.texture('lift/z-buffer', { size: extent, format: DEPTH_FORMAT, usage: RENDER_ATTACHMENT }),
  };
}

/** Renders the photo's mesh from camera b, see reference/lift/render.ts. */
export class LiftRenderPass {
  private readonly pipeline: GPURenderPipeline;
  private readonly cameras: UniformRing;
  private readonly places: BindingPlaces;
  private readonly resolve: Kernel;

  constructor(
    private readonly device: GPUDevice,
    scope: Scope,
  ) {
    const shader = createShader(device, 'lift-render', renderCode);
    const { module } = shader;
    const constants = { RIM_CONTINUATION };
    this.cameras = new UniformRing(device, scope, shader, 'params');
    this.places = bindingPlaces(shader.definitions, ['transform', 'shade']);
    this.pipeline = createRenderPipeline(device, {
      label: 'lift-render',
      layout: 'auto',
      vertex: { module, entryPoint: 'transform', constants },
      fragment: { module, entryPoint: 'shade', constants, targets: [{ format: RASTER_FORMAT }] },
      // The mesh's triangles run clockwise in the picture.
      primitive: { topology: 'triangle-list', frontFace: 'cw', cullMode: 'none' },
      depthStencil: { format: DEPTH_FORMAT, depthWriteEnabled: true, depthCompare: 'greater' },
    });
    const resolveShader = createShader(device, 'lift-resolve', resolveCode, { WARP_NOWHERE });
    this.resolve = new Kernel(device, scope, resolveShader);
  }

  /**
   * Fills `view`, whose size is camera b's.
   * @param photo any float-sampled format; read at unit coordinates, so its size is free
   */
  run(encoder: GPUCommandEncoder, mesh: MeshBuffers, photo: GPUTexture, cameras: CameraPair, view: ViewBuffers): void {
    const values = cameraUniforms(cameras);
    const pass = encoder.beginRenderPass({
      label: 'lift-render',
      colorAttachments: [
        { view: view.raster.createView(), clearValue: [0, 0, 0, 0], loadOp: 'clear', storeOp: 'store' },
      ],
      depthStencilAttachment: {
        view: view.zBuffer.createView(),
        depthClearValue: 0,
        depthLoadOp: 'clear',
        depthStoreOp: 'discard',
      },
    });
    pass.setPipeline(this.pipeline);
    pass.setBindGroup(0, this.bind(values, mesh));
    pass.setIndexBuffer(mesh.indices, 'uint32');
    pass.drawIndexed(meshIndexCount(mesh.size));
    pass.end();
    const bindings = {
      raster: view.raster.createView(),
      photo: photo.createView(),
      colour: view.colour.createView(),
      depth: { buffer: view.depth, size: 4 * gridPoints(view.size) },
      warp: { buffer: view.warp, size: 8 * gridPoints(view.size) },
      visible: { buffer: view.visible, size: 4 * gridPoints(view.size) },
    };
    this.resolve.run(encoder, values, bindings, gridWorkgroups(view.size));
  }

  private bind(values: ReturnType<typeof cameraUniforms>, mesh: MeshBuffers): GPUBindGroup {
    return this.device.createBindGroup({
      label: 'lift-render',
      layout: this.pipeline.getBindGroupLayout(0),
      entries: bindingEntries('lift-render', this.places, {
        params: this.cameras.push(values),
        depth: { buffer: mesh.depth, size: 4 * gridPoints(mesh.size) },
      }),
    });
  }
}
