import code from '../../../../../shaders/match/draw-matches.wgsl';
import { INLIER_COLOR, INLIER_MODELS, type InlierTest, OUTLIER_COLOR } from '../../../../core/inlier-test.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { NamedLayout } from '../../../../platform/gpu/bindings.ts';
import { createRenderPipeline, createShader, enumNames } from '../../../../platform/gpu/shader.ts';
import { UniformRing, type UniformValues } from '../../../../platform/gpu/uniforms.ts';
import { type ColorBy, COLORS_BY } from '../../contract/view.ts';
import type { PaneBindings } from '../pane/bindings.ts';

/** What is drawn: sampled correspondences as they lie on the GPU. */
export interface MatchBuffers {
  /** Rows of 8 floats: x_a, y_a, x_b, y_b (normalised), certainty, side, 0, 0. */
  rows: GPUBuffer;
  /** Arguments of drawIndirect: 4 corners, as many instances as there are matches. */
  indirect: GPUBuffer;
}

type Vec4 = [number, number, number, number];

/** The uniform `Matches` of shaders/match/draw-matches.wgsl, which explains the members. */
export interface MatchUniforms {
  stage: [width: number, height: number];
  photoA: Vec4;
  photoB: Vec4;
  paneA: Vec4;
  paneB: Vec4;
  lineWidth: number;
  lineAlpha: number;
  dotRadius: number;
  dotAlpha: number;
  ring: number;
  colorBy: ColorBy;
  colorMap: number;
  /** How matches are judged where they are coloured by the model; without it they are coloured by place. */
  model: InlierTest | null;
}

/** Area of a photo on the stage, CSS pixels, at which a number of matches is drawn as {@link matchStyle} has it. */
const USUAL_AREA = 600 * 450;
/** On larger and smaller photos a number counts as up to so many times fewer or more. */
const MAX_DENSITY_CHANGE = 6;

/**
 * Widths and opacities (CSS pixels times `pixelRatio`) for a number of matches on photos of this area (CSS pixels):
 * few are drawn boldly with ringed dots, thousands finely enough that the photos and the lines' drift stay readable.
 */
export function matchStyle(
  count: number,
  area: number,
  pixelRatio: number,
  points: boolean,
): Pick<MatchUniforms, 'lineWidth' | 'lineAlpha' | 'dotRadius' | 'dotAlpha' | 'ring'> {
  const change = Math.min(MAX_DENSITY_CHANGE, Math.max(1 / MAX_DENSITY_CHANGE, USUAL_AREA / Math.max(1, area)));
  const density = Math.max(1, count * change);
  // 0 at 100 matches and fewer, 1 at 10,000.
  const crowd = Math.min(1, Math.max(0, Math.log10(density) / 2 - 1));
  return {
    lineWidth: (1.6 - 0.6 * crowd) * pixelRatio,
    lineAlpha: Math.min(0.95, Math.max(0.04, 60 / density ** 0.75)),
    dotRadius: (points ? 4.5 - 2.7 * crowd : 3.2 - 2 * crowd) * pixelRatio,
    dotAlpha: points ? 1 - 0.15 * crowd : 0.95 - 0.35 * crowd,
    ring: (points ? 1 - 0.5 * crowd : 0.8 - 0.8 * crowd) * pixelRatio,
  };
}

/** Lines and dots over both panes, one instance a match; how many there are is known to the GPU alone. */
export class DrawMatches {
  private readonly layout: NamedLayout;
  private readonly uniforms: UniformRing;
  private readonly lines: GPURenderPipeline;
  private readonly dots: GPURenderPipeline[];
  private bound: { rows: GPUBuffer; group: GPUBindGroup } | null = null;

  constructor(
    private readonly bindings: PaneBindings,
    scope: Scope,
    format: GPUTextureFormat,
  ) {
    const { device } = bindings;
    const shader = createShader(device, 'draw-matches', code, {
      ...enumNames('COLOR', COLORS_BY),
      ...enumNames('MODEL', INLIER_MODELS),
    });
    const visibility = GPUShaderStage.VERTEX | GPUShaderStage.FRAGMENT;
    this.layout = new NamedLayout(device, 'draw-matches', shader.definitions, {
      matches: { visibility, buffer: { type: 'uniform', hasDynamicOffset: true } },
      rows: { visibility: GPUShaderStage.VERTEX, buffer: { type: 'read-only-storage' } },
      colorMaps: { visibility: GPUShaderStage.VERTEX, texture: {} },
    });
    this.uniforms = new UniformRing(device, scope, shader, 'matches');
    const layout = device.createPipelineLayout({ label: 'draw-matches', bindGroupLayouts: [this.layout.layout] });
    const over: GPUBlendComponent = { srcFactor: 'one', dstFactor: 'one-minus-src-alpha' };
    const pipeline = (vertex: string, fragment: string) =>
      createRenderPipeline(device, {
        label: `draw-matches/${vertex}`,
        layout,
        vertex: { module: shader.module, entryPoint: vertex },
        fragment: {
          module: shader.module,
          entryPoint: fragment,
          targets: [{ format, blend: { color: over, alpha: over } }],
        },
        primitive: { topology: 'triangle-strip' },
      });
    this.lines = pipeline('lineCorner', 'drawLine');
    this.dots = [pipeline('dotCornerA', 'drawDot'), pipeline('dotCornerB', 'drawDot')];
  }

  /** Records lines (unless `points`) and dots over whatever the pass holds. */
  draw(pass: GPURenderPassEncoder, matches: MatchBuffers, values: MatchUniforms, points: boolean): void {
    pass.setBindGroup(0, this.group(matches.rows), [this.uniforms.push(uniformValues(values)).offset ?? 0]);
    for (const pipeline of points ? this.dots : [this.lines, ...this.dots]) {
      pass.setPipeline(pipeline);
      pass.drawIndirect(matches.indirect, 0);
    }
  }

  private group(rows: GPUBuffer): GPUBindGroup {
    if (this.bound?.rows !== rows) {
      const group = this.layout.bind({
        matches: this.uniforms.window,
        rows: { buffer: rows },
        colorMaps: this.bindings.colorMaps.createView(),
      });
      this.bound = { rows, group };
    }
    return this.bound.group;
  }
}

function uniformValues({ model, ...values }: MatchUniforms): UniformValues {
  if (!model)
    return { ...values, colorBy: COLORS_BY.indexOf(values.colorBy === 'inliers' ? 'position' : values.colorBy) };
  const { kind, matrix, half, threshold } = model;
  return {
    ...values,
    colorBy: COLORS_BY.indexOf(values.colorBy),
    modelKind: INLIER_MODELS.indexOf(kind),
    squaredThreshold: threshold ** 2,
    row0: matrix.slice(0, 3),
    row1: matrix.slice(3, 6),
    row2: matrix.slice(6, 9),
    halves: [...half.a, ...half.b],
    inlierColor: INLIER_COLOR,
    outlierColor: OUTLIER_COLOR,
  };
}
