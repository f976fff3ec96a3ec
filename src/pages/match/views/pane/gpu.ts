import { createRenderPipeline, createShader } from '../../../../platform/gpu/shader.ts';
import type { PaneBindings } from './bindings.ts';

/** What a pane pass reads, as {@link PaneBindings} makes it. */
export interface PaneSource {
  photos: GPUBindGroup;
  /** Absent where there is no match yet: then only DrawPhoto can be used. */
  field?: GPUBindGroup;
}

interface PanePassOptions {
  /** Names the pass in errors and GPU tools. */
  label: string;
  /** The pass's WGSL, which imports common/pane.wgsl for the vertices. */
  code: string;
  /** Numbers that the WGSL names, see createShader. */
  names?: Readonly<Record<string, number>>;
  entryPoint: string;
  needsField: boolean;
}

/** A picture computed pixel by pixel over one pane. The caller sets the scissor. */
export class PanePass {
  private readonly pipeline: GPURenderPipeline;

  constructor(
    private readonly bindings: PaneBindings,
    format: GPUTextureFormat,
    private readonly options: PanePassOptions,
  ) {
    const { device, frameLayout, photosLayout, fieldLayout } = bindings;
    const { label, code, names, entryPoint, needsField } = options;
    const shader = createShader(device, label, code, names);
    this.pipeline = createRenderPipeline(device, {
      label,
      layout: device.createPipelineLayout({
        label,
        bindGroupLayouts: needsField ? [frameLayout, photosLayout, fieldLayout] : [frameLayout, photosLayout],
      }),
      vertex: { module: shader.module, entryPoint: 'coverStage' },
      fragment: { module: shader.module, entryPoint, targets: [{ format }] },
    });
  }

  /** Records one draw. `offset` is what PaneBindings.push returned for this pane. */
  draw(pass: GPURenderPassEncoder, offset: number, source: PaneSource): void {
    pass.setPipeline(this.pipeline);
    pass.setBindGroup(0, this.bindings.frameGroup, [offset]);
    pass.setBindGroup(1, source.photos);
    if (this.options.needsField) {
      if (!source.field) throw new Error(`${this.options.label} needs a field`);
      pass.setBindGroup(2, source.field);
    }
    pass.draw(3);
  }
}
