import type { Side, Size } from '../../../../core/geometry.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { NamedLayout } from '../../../../platform/gpu/bindings.ts';
import { createRenderPipeline, createShader } from '../../../../platform/gpu/shader.ts';
import { UniformRing, type UniformValues } from '../../../../platform/gpu/uniforms.ts';
import type { Pane } from '../../contract/layout.ts';
import type { PaneBindings } from './bindings.ts';
import { type Frame, paneUniforms } from './frame.ts';

/** What a pane pass reads, as {@link PaneBindings} makes it. */
export interface PaneSource {
  photos: GPUBindGroup;
  /** Absent where there is no match yet: then only the photo itself can be drawn. */
  field?: GPUBindGroup;
}

/** What a view's picture is drawn from; `side` is a photo's. */
export interface DrawnPair {
  /** Size of a photo as the stage holds it; undefined where there is none. */
  photo(side: Side): Size | undefined;
  /** Of the warp on that photo; 1 × 1 without a match. */
  grid(side: Side): Size;
  /** With that photo as the one that the pane lies on. */
  source(side: Side): PaneSource;
}

/** Draws a view's picture on a pane, whose photo is there. The caller sets the scissor. */
export interface PanePainter {
  /** Records, before the frame’s own pass, what the picture is made of. */
  prepare?(encoder: GPUCommandEncoder, frame: Frame, pane: Pane, pair: DrawnPair): void;
  draw(pass: GPURenderPassEncoder, frame: Frame, pane: Pane, pair: DrawnPair): void;
}

/** Makes what draws a picture: once per device, pipelines and all. */
export type PanePainterOf = (bindings: PaneBindings, scope: Scope, format: GPUTextureFormat) => PanePainter;

export interface PanePassOptions {
  /** Names the pass in errors and GPU tools. */
  label: string;
  /** The pass's WGSL, which imports common/pane.wgsl for the vertices. */
  code: string;
  /** Numbers that the WGSL names, see createShader. */
  names?: Readonly<Record<string, number>>;
  entryPoint: string;
  needsField: boolean;
  /**
   * Uniforms that this pass alone has: the WGSL declares them in group 3 under this name. Needs the field.
   */
  own?: { name: string; values(frame: Frame, pane: Pane): UniformValues };
}

/** A picture computed pixel by pixel over one pane. */
export class PanePass implements PanePainter {
  private readonly pipeline: GPURenderPipeline;
  private readonly own: { uniforms: UniformRing; group: GPUBindGroup } | null = null;

  constructor(
    private readonly bindings: PaneBindings,
    scope: Scope,
    format: GPUTextureFormat,
    private readonly options: PanePassOptions,
  ) {
    const { device, frame, photos, field } = bindings;
    const { label, code, names, entryPoint, needsField, own } = options;
    const shader = createShader(device, label, code, names);
    const layouts = needsField ? [frame.layout, photos.layout, field.layout] : [frame.layout, photos.layout];
    if (own) {
      const uniforms = new UniformRing(device, scope, shader, own.name);
      const variable = {
        visibility: GPUShaderStage.FRAGMENT,
        buffer: { type: 'uniform', hasDynamicOffset: true },
      } as const;
      const owned = new NamedLayout(device, label, shader.definitions, { [own.name]: variable }, 3);
      layouts.push(owned.layout);
      this.own = { uniforms, group: owned.bind({ [own.name]: uniforms.window }) };
    }
    this.pipeline = createRenderPipeline(device, {
      label,
      layout: device.createPipelineLayout({ label, bindGroupLayouts: layouts }),
      vertex: { module: shader.module, entryPoint: 'cover' },
      fragment: { module: shader.module, entryPoint, targets: [{ format }] },
    });
  }

  draw(pass: GPURenderPassEncoder, frame: Frame, pane: Pane, pair: DrawnPair): void {
    const photo = pair.photo(pane.side);
    if (!photo) return;
    const offset = this.bindings.push(paneUniforms(frame, pane, photo, pair.grid(pane.side)));
    this.drawWith(pass, offset, pair.source(pane.side), this.options.own?.values(frame, pane));
  }

  /** Records one draw. `offset` is what PaneBindings.push returned for this pane; `own` the pass's own uniforms. */
  drawWith(pass: GPURenderPassEncoder, offset: number, source: PaneSource, own?: UniformValues): void {
    pass.setPipeline(this.pipeline);
    pass.setBindGroup(0, this.bindings.frameGroup, [offset]);
    pass.setBindGroup(1, source.photos);
    if (this.options.needsField) {
      if (!source.field) throw new Error(`${this.options.label} needs a field`);
      pass.setBindGroup(2, source.field);
    }
    if (this.own && own) pass.setBindGroup(3, this.own.group, [this.own.uniforms.push(own).offset ?? 0]);
    pass.draw(3);
  }
}

/** A view whose picture is one pass. */
export const onePass =
  (options: PanePassOptions): PanePainterOf =>
  (bindings, scope, format) =>
    new PanePass(bindings, scope, format, options);
