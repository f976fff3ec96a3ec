import code from '../../../../../shaders/match/draw-morph.wgsl';
import type { Size } from '../../../../core/geometry.ts';
import { createRenderPipeline, createShader } from '../../../../platform/gpu/shader.ts';
import type { PaneSource } from '../pane/gpu.ts';
import type { PaneBindings } from '../pane/bindings.ts';

/** Cells a side of a mesh; finer grids are read bilinearly. */
export const MESH_LIMIT = 192;

/** One photo's mesh: its uniforms (PaneBindings.push), its warp grid, and what it reads. */
export interface MorphLayer {
  offset: number;
  grid: Size;
  source: PaneSource;
}

/** Size of the mesh over a grid, cells. */
export const meshSize = (grid: Size): Size => ({
  width: Math.min(grid.width, MESH_LIMIT),
  height: Math.min(grid.height, MESH_LIMIT),
});

/** The picture between A and B: both photos' meshes on their way, over a dimmed cross-dissolve. */
export class DrawMorph {
  private readonly backdrop: GPURenderPipeline;
  private readonly mesh: GPURenderPipeline;

  constructor(
    private readonly bindings: PaneBindings,
    format: GPUTextureFormat,
  ) {
    const { device, frame, photos, field } = bindings;
    const { module } = createShader(device, 'draw-morph', code, { MESH_LIMIT });
    const layout = device.createPipelineLayout({
      label: 'draw-morph',
      bindGroupLayouts: [frame.layout, photos.layout, field.layout],
    });
    this.backdrop = createRenderPipeline(device, {
      label: 'draw-morph/backdrop',
      layout,
      vertex: { module, entryPoint: 'cover' },
      fragment: { module, entryPoint: 'drawBackdrop', targets: [{ format }] },
    });
    const over: GPUBlendComponent = { srcFactor: 'one', dstFactor: 'one-minus-src-alpha' };
    this.mesh = createRenderPipeline(device, {
      label: 'draw-morph/mesh',
      layout,
      vertex: { module, entryPoint: 'meshCorner' },
      fragment: { module, entryPoint: 'drawMesh', targets: [{ format, blend: { color: over, alpha: over } }] },
    });
  }

  /**
   * B solid, A over it, then B once more with the share it has come to: where both know a place they blend by that
   * share, and where only one knows it, it is solid.
   */
  draw(pass: GPURenderPassEncoder, { a, b, bOver }: { a: MorphLayer; b: MorphLayer; bOver: MorphLayer }): void {
    pass.setPipeline(this.backdrop);
    this.bind(pass, a);
    pass.draw(3);
    pass.setPipeline(this.mesh);
    for (const layer of [b, a, bOver]) {
      this.bind(pass, layer);
      const { width, height } = meshSize(layer.grid);
      pass.draw(width * height * 6);
    }
  }

  private bind(pass: GPURenderPassEncoder, { offset, source }: MorphLayer): void {
    if (!source.field) throw new Error('draw-morph needs a field');
    pass.setBindGroup(0, this.bindings.frameGroup, [offset]);
    pass.setBindGroup(1, source.photos);
    pass.setBindGroup(2, source.field);
  }
}
