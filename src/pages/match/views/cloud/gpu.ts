import code from '../../../../../shaders/match/draw-cloud.wgsl';
import type { CloudScene, CloudUniforms } from './cpu.ts';
import { LINE_WORDS, packLines, packPoints, POINT_WORDS } from './cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { NamedLayout } from '../../../../platform/gpu/bindings.ts';
import { createRenderPipeline, createShader } from '../../../../platform/gpu/shader.ts';
import { UniformRing } from '../../../../platform/gpu/uniforms.ts';

const DEPTH_FORMAT = 'depth24plus';

/** A point cloud with lines in it, hidden behind each other as they lie; see reference/draw-cloud.ts. */
export class DrawCloud {
  private readonly layout: NamedLayout;
  private readonly uniforms: UniformRing;
  private readonly points: GPURenderPipeline;
  private readonly lines: GPURenderPipeline;
  private depth: GPUTexture | null = null;
  private scene: { scope: Scope; group: GPUBindGroup; points: number; lines: number } | null = null;

  constructor(
    private readonly device: GPUDevice,
    private readonly scope: Scope,
    format: GPUTextureFormat,
  ) {
    const shader = createShader(device, 'draw-cloud', code);
    const visibility = GPUShaderStage.VERTEX | GPUShaderStage.FRAGMENT;
    const storage = { visibility: GPUShaderStage.VERTEX, buffer: { type: 'read-only-storage' } } as const;
    this.layout = new NamedLayout(device, 'draw-cloud', shader.definitions, {
      view: { visibility, buffer: { type: 'uniform', hasDynamicOffset: true } },
      points: storage,
      lines: storage,
    });
    this.uniforms = new UniformRing(device, scope, shader, 'view');
    const layout = device.createPipelineLayout({ label: 'draw-cloud', bindGroupLayouts: [this.layout.layout] });
    const pipeline = (vertex: string, fragment: string) =>
      createRenderPipeline(device, {
        label: `draw-cloud/${vertex}`,
        layout,
        vertex: { module: shader.module, entryPoint: vertex },
        fragment: { module: shader.module, entryPoint: fragment, targets: [{ format }] },
        primitive: { topology: 'triangle-strip' },
        depthStencil: { format: DEPTH_FORMAT, depthWriteEnabled: true, depthCompare: 'less' },
      });
    this.points = pipeline('pointCorner', 'drawPoint');
    this.lines = pipeline('lineCorner', 'drawLine');
  }

  /** Takes the scene to the GPU in place of the last one. */
  setScene(scene: CloudScene): void {
    this.scene?.scope.destroy();
    const scope = this.scope.child('cloud');
    const upload = (label: string, words: Uint32Array<ArrayBuffer>, least: number) => {
      const buffer = scope.storage(label, Math.max(words.byteLength, 4 * least));
      this.device.queue.writeBuffer(buffer, 0, words);
      return buffer;
    };
    const group = this.layout.bind({
      view: this.uniforms.window,
      points: { buffer: upload('points', packPoints(scene), POINT_WORDS) },
      lines: { buffer: upload('lines', packLines(scene.lines), LINE_WORDS) },
    });
    this.scene = { scope, group, points: scene.positions.length / 3, lines: scene.lines.length };
  }

  /** Records a whole picture on `target`, which is `values.size` large. */
  draw(encoder: GPUCommandEncoder, target: GPUTextureView, ground: readonly number[], values: CloudUniforms): void {
    const [r, g, b] = ground;
    const pass = encoder.beginRenderPass({
      label: 'draw-cloud',
      colorAttachments: [{ view: target, clearValue: { r, g, b, a: 1 }, loadOp: 'clear', storeOp: 'store' }],
      depthStencilAttachment: {
        view: this.depthOf(values.size).createView(),
        depthClearValue: 1,
        depthLoadOp: 'clear',
        depthStoreOp: 'discard',
      },
    });
    if (this.scene) {
      pass.setBindGroup(0, this.scene.group, [this.uniforms.push({ ...values }).offset ?? 0]);
      for (const [pipeline, count] of [
        [this.points, this.scene.points],
        [this.lines, this.scene.lines],
      ] as const) {
        if (count === 0) continue;
        pass.setPipeline(pipeline);
        pass.draw(4, count);
      }
    }
    pass.end();
  }

  private depthOf([width, height]: readonly [number, number]): GPUTexture {
    if (this.depth?.width !== width || this.depth.height !== height) {
      if (this.depth) this.scope.release(this.depth);
      this.depth = this.scope.texture('depth', {
        size: [width, height],
        format: DEPTH_FORMAT,
        usage: GPUTextureUsage.RENDER_ATTACHMENT,
      });
    }
    return this.depth;
  }
}
