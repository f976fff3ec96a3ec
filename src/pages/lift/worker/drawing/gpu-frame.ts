import { gridPoints } from '../../../../compute/field/gpu.ts';
import { LiftCountPass, type LiftCounts } from '../../passes/count/gpu.ts';
import { createForward, type ForwardBuffers } from '../../passes/forward-warp/gpu.ts';
import { createMesh, type MeshBuffers } from '../../passes/mesh/gpu.ts';
import { createView, type ViewBuffers } from '../../passes/render/gpu.ts';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import type { Side, Size } from '../../../../core/geometry.ts';
import { type CameraPair, camerasOf } from '../../../../geometry/pinhole.ts';
import { readTexture } from '../../../../platform/gpu/read-texture.ts';
import { readBytes } from '../../../../platform/gpu/readback.ts';
import type { FrameRequest, PlainFrame } from './frame.ts';
import { GpuLook } from './gpu-look.ts';
import type { LiftPasses } from './gpu-passes.ts';
import { liftKey, sceneDepth } from '../depth/scene-depth.ts';

/** Textures and buffers of one frame at one size, filled again by every {@link GpuFrame.render}. */
export class GpuFrame {
  readonly photo: GPUTexture;
  readonly sky: GPUBuffer;
  readonly mesh: MeshBuffers;
  readonly view: ViewBuffers;
  readonly forward: ForwardBuffers;
  readonly look: GpuLook;
  /** Both views as they are shown and matched. */
  colour: Record<Side, GPUTexture>;
  /** View b before the camera's changes. */
  private undeveloped: GPUTexture;
  /** uint32 [h, w]: what of view b needs no filling. */
  private known: GPUBuffer;
  private readonly disparity: GPUBuffer;
  private readonly counts: GPUBuffer;
  private sceneKey = '';
  private lifted = { key: '', medianDepth: 1 };

  constructor(
    private readonly scope: Scope,
    private readonly passes: LiftPasses,
    readonly size: Size,
  ) {
    const points = gridPoints(size);
    const { TEXTURE_BINDING, COPY_DST, COPY_SRC, RENDER_ATTACHMENT } = GPUTextureUsage;
    const usage = TEXTURE_BINDING | COPY_DST | COPY_SRC | RENDER_ATTACHMENT;
    this.photo = scope.texture('photo', { size: [size.width, size.height], format: 'rgba8unorm', usage });
    this.sky = scope.storage('sky', 4 * points);
    this.disparity = scope.storage('disparity', 4 * points);
    this.counts = scope.storage('counts', LiftCountPass.bytes);
    this.mesh = createMesh(scope, size);
    this.view = createView(scope, size);
    this.forward = createForward(scope, size);
    this.look = new GpuLook(scope, passes, size);
    this.colour = { a: this.photo, b: this.view.colour };
    this.undeveloped = this.view.colour;
    this.known = this.view.visible;
  }

  get medianDepth(): number {
    return this.lifted.medianDepth;
  }

  /** Records the frame; what the photo and its depth decide is only made again when they change. */
  render(encoder: GPUCommandEncoder, request: FrameRequest): CameraPair {
    const { settings } = request;
    this.upload(request);
    this.lift(encoder, request);
    const cameras = camerasOf(settings, this.size, this.lifted.medianDepth);
    this.passes.render.run(encoder, this.mesh, this.photo, cameras, this.view);
    const { tolerance } = settings.render;
    this.passes.forward.run(encoder, this.mesh, this.view, cameras, tolerance, this.forward);
    this.develop(encoder, request, cameras);
    this.passes.count.run(encoder, gridPoints(this.size), this.view.depth, this.forward.visible, this.counts);
    return cameras;
  }

  async readCounts(): Promise<LiftCounts> {
    return LiftCountPass.parse(await readBytes(this.scope.device, this.counts, LiftCountPass.bytes));
  }

  /** View b before the camera's changes and its holes, for a network that fills them; then {@link putFilled}. */
  async readHoles(): Promise<{ picture: Pixels; holes: Uint8Array }> {
    const { device } = this.scope;
    const bytes = 4 * gridPoints(this.size);
    const [data, known] = await Promise.all([
      readTexture(device, this.undeveloped),
      readBytes(device, this.known, bytes),
    ]);
    const holes = Uint8Array.from(new Uint32Array(known), (isKnown) => 1 - isKnown);
    return { picture: { data, ...this.size }, holes };
  }

  /** View b with its holes filled elsewhere, RGBA; the camera's changes are recorded anew. */
  putFilled(encoder: GPUCommandEncoder, data: Uint8ClampedArray, request: FrameRequest): void {
    const { look, size } = this;
    const pixels = data as Uint8ClampedArray<ArrayBuffer>;
    const extent = [size.width, size.height];
    this.scope.device.queue.writeTexture({ texture: look.filled }, pixels, { bytesPerRow: 4 * size.width }, extent);
    this.colour = { ...this.colour, b: look.develop(encoder, look.filled, 'b', request) };
  }

  /** The frame in ordinary memory. */
  async read(): Promise<Omit<PlainFrame, 'facts' | 'cameras'>> {
    const { device } = this.scope;
    const { size, medianDepth } = this;
    const points = gridPoints(size);
    // All copies are recorded before anything is awaited, so that the next frame cannot get in between.
    const floats = async (buffer: GPUBuffer, planes: number) =>
      new Float32Array(await readBytes(device, buffer, 4 * planes * points));
    const flags = async (buffer: GPUBuffer) =>
      Uint8Array.from(new Uint32Array(await readBytes(device, buffer, 4 * points)));
    const [colourA, colourB, depthA, depthB, warpA, warpB, visibleA, visibleB, places] = await Promise.all([
      readTexture(device, this.colour.a),
      readTexture(device, this.colour.b),
      floats(this.mesh.depth, 1),
      floats(this.view.depth, 1),
      floats(this.forward.warp, 2),
      floats(this.view.warp, 2),
      flags(this.forward.visible),
      flags(this.view.visible),
      flags(this.forward.places),
    ]);
    return {
      size,
      medianDepth,
      colour: { a: colourA, b: colourB },
      depth: { a: depthA, b: depthB },
      warp: { a: warpA, b: warpB },
      visible: { a: visibleA, b: visibleB },
      places,
    };
  }

  destroy(): void {
    this.scope.destroy();
  }

  private develop(encoder: GPUCommandEncoder, request: FrameRequest, cameras: CameraPair): void {
    const { look, view, mesh, medianDepth } = this;
    const common = { cameras, medianDepth };
    const a = look.light(encoder, { ...common, side: 'a', colour: this.photo, depth: mesh.depth }, request);
    this.known = look.back(encoder, this.sky, cameras, view, request);
    const bare = { ...common, side: 'b', colour: view.colour, depth: view.depth } as const;
    this.undeveloped = look.fill(encoder, look.light(encoder, bare, request), this.known, request);
    this.colour = {
      a: look.develop(encoder, a, 'a', request),
      b: look.develop(encoder, this.undeveloped, 'b', request),
    };
  }

  private upload({ scene }: FrameRequest): void {
    if (this.sceneKey === scene.key) return;
    const { queue } = this.scope.device;
    const { width, height } = this.size;
    const pixels = scene.photo.data as Uint8ClampedArray<ArrayBuffer>;
    queue.writeTexture({ texture: this.photo }, pixels, { bytesPerRow: 4 * width }, [width, height]);
    if (scene.sky) queue.writeBuffer(this.sky, 0, scene.sky as Float32Array<ArrayBuffer>);
    this.sceneKey = scene.key;
  }

  private lift(encoder: GPUCommandEncoder, { scene, settings }: FrameRequest): void {
    const key = liftKey(scene, settings);
    if (this.lifted.key === key) return;
    const { disparity, depth, medianDepth } = sceneDepth(scene, settings);
    const { queue } = this.scope.device;
    queue.writeBuffer(this.disparity, 0, disparity as Float32Array<ArrayBuffer>);
    queue.writeBuffer(this.mesh.depth, 0, depth as Float32Array<ArrayBuffer>);
    this.passes.mesh.run(encoder, this.mesh, this.disparity, settings.render.edge);
    this.lifted = { key, medianDepth };
  }
}
