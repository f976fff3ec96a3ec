import type { SplatCamera } from '../camera.ts';
import type { DepthKind, SplatMaps } from '../raster/render.ts';
import { trustedDepth } from './depth-rule.ts';
import { labelSide, type SideLabels } from './labels.ts';
import { type LabelMeasures, measureLabels } from './measures.ts';
import type { EndPointError, TrueSurfaces } from '../truth/true-surfaces.ts';

/** One of a pair's two views, rendered and labelled. */
export interface SceneSide {
  readonly camera: SplatCamera;
  readonly maps: SplatMaps;
  /** [h, w] by the pair's rule; 0 where it cannot be trusted. */
  readonly depth: Float32Array<ArrayBuffer>;
  readonly labels: SideLabels;
  readonly measures: LabelMeasures;
  /** Against the true surfaces; null where they are not known, or nothing is visible. */
  readonly endPoint: EndPointError | null;
}

/** Two views of a scene with exact correspondences both ways. */
export interface ScenePair {
  readonly rule: DepthKind;
  readonly a: SceneSide;
  readonly b: SceneSide;
}

/**
 * Labels two views that were rendered at their cameras' sizes.
 * @param surfaces what the scene was made from, where that is known: the labels are held against it
 */
export function pairOf(
  a: { camera: SplatCamera; maps: SplatMaps },
  b: { camera: SplatCamera; maps: SplatMaps },
  rule: DepthKind,
  surfaces: TrueSurfaces | null = null,
): ScenePair {
  const views = [a, b].map(({ camera, maps }) => ({ camera, depth: trustedDepth(maps, rule) }));
  const side = (from: 0 | 1): SceneSide => {
    const { camera, depth } = views[from];
    const other = views[1 - from];
    const labels = labelSide(views[from], other);
    return {
      camera,
      maps: [a, b][from].maps,
      depth: Float32Array.from(depth.trusted, (isTrusted, i) => (isTrusted ? depth.depth[i] : 0)),
      labels,
      measures: measureLabels(labels, camera, other.camera),
      endPoint: surfaces?.endPointError(camera, other.camera, labels) ?? null,
    };
  };
  return { rule, a: side(0), b: side(1) };
}

/** A view's colours as opaque RGBA bytes on black. */
export function colourBytes({ width, height, colour }: SplatMaps): Uint8ClampedArray<ArrayBuffer> {
  const points = width * height;
  const data = new Uint8ClampedArray(4 * points).fill(255);
  for (let i = 0; i < points; i++) {
    for (let c = 0; c < 3; c++) data[4 * i + c] = 255 * colour[c * points + i];
  }
  return data;
}
