import type { ActiveGaussians } from '../activate.ts';
import type { SplatCamera } from '../camera.ts';
import { AT, MIN_ALPHA, type ProjectedGaussians, projectGaussians, STRIDE } from '../raster/project.ts';
import { MAX_ALPHA, MIN_TRANSMITTANCE } from '../raster/render.ts';
import { TILE, type TileLists, tileLists } from '../raster/tiles.ts';

/** Numbers of one Gaussian's gradient on the screen, see the indices below. */
export const SCREEN_STRIDE = 9;
export const SCREEN = {
  /** By the centre, per pixel. */
  x: 0,
  y: 1,
  /** By A, B, C of the conic. */
  conic: 2,
  /** By the opacity as it is drawn (compensated, where the scene is so). */
  opacity: 5,
  colour: 6,
} as const;

export interface ScreenView {
  readonly camera: SplatCamera;
  readonly projected: ProjectedGaussians;
  readonly lists: TileLists;
  readonly background: readonly [number, number, number];
  /** [3, h, w] as `renderSplats` gives it. */
  readonly colour: Float64Array;
  /** [h, w] */
  readonly alpha: Float64Array;
}

/** What follows a loss: by the colour [3, h, w], and by alpha [h, w] where the loss looks at it. */
export interface PictureGradient {
  readonly colour: ArrayLike<number>;
  readonly alpha?: ArrayLike<number> | null;
}

/** The picture of a view with what its gradient needs. The same numbers as `renderSplats`. */
export function renderView(
  gaussians: ActiveGaussians,
  camera: SplatCamera,
  background: readonly [number, number, number] = [0, 0, 0],
): ScreenView {
  const projected = projectGaussians(gaussians, camera);
  const lists = tileLists(projected);
  const points = camera.width * camera.height;
  const view = {
    camera,
    projected,
    lists,
    background,
    colour: new Float64Array(3 * points),
    alpha: new Float64Array(points),
  };
  const { colour, alpha } = view;
  const light = new Float64Array(points).fill(1);
  const { values } = projected;
  visitPixels(view, light, (at, pixel, share, before) => {
    const weight = share * before;
    for (let c = 0; c < 3; c++) colour[c * points + pixel] += weight * values[at + AT.colour + c];
  });
  for (let i = 0; i < points; i++) {
    const rest = Math.abs(light[i]);
    alpha[i] = 1 - rest;
    for (let c = 0; c < 3; c++) colour[c * points + i] += rest * background[c];
  }
  return view;
}

/**
 * Derivatives of a loss by what each projected Gaussian puts on the screen: [count, SCREEN_STRIDE], in the order of
 * `view.projected`. The recursion walks front to back once more and knows by subtraction what still lies behind
 * (Kerbl et al. 2023, backwards): ∂c = ΣαT g, ∂α = T c·g − behind·g / (1 − α). What is held at the greatest α passes nothing
 * on but its colour.
 */
export function screenGradients(view: ScreenView, by: PictureGradient): Float64Array {
  const { projected, camera } = view;
  const points = camera.width * camera.height;
  const { values, count } = projected;
  const out = new Float64Array(SCREEN_STRIDE * count);
  const behind = Float64Array.from(view.colour);
  const hidden = Float64Array.from(view.alpha);
  const light = new Float64Array(points).fill(1);
  visitPixels(view, light, (at, pixel, share, before, dx, dy, isHeld) => {
    const o = (at / STRIDE) * SCREEN_STRIDE;
    const weight = share * before;
    let byShare = 0;
    for (let c = 0; c < 3; c++) {
      const i = c * points + pixel;
      const g = by.colour[i];
      const colour = values[at + AT.colour + c];
      behind[i] -= weight * colour;
      out[o + SCREEN.colour + c] += weight * g;
      byShare += before * colour * g - (behind[i] * g) / (1 - share);
    }
    if (by.alpha) {
      hidden[pixel] -= weight;
      byShare += by.alpha[pixel] * (before - hidden[pixel] / (1 - share));
    }
    if (isHeld) return;
    const bySigma = -share * byShare;
    out[o + SCREEN.opacity] += (share / values[at + AT.opacity]) * byShare;
    // dx runs from the centre to the pixel: the centre's own derivative has the other sign.
    const [a, b, c] = [values[at + AT.conic], values[at + AT.conic + 1], values[at + AT.conic + 2]];
    out[o + SCREEN.x] -= bySigma * (a * dx + b * dy);
    out[o + SCREEN.y] -= bySigma * (b * dx + c * dy);
    out[o + SCREEN.conic] += bySigma * 0.5 * dx * dx;
    out[o + SCREEN.conic + 1] += bySigma * dx * dy;
    out[o + SCREEN.conic + 2] += bySigma * 0.5 * dy * dy;
  });
  return out;
}

/** Of a Gaussian at `at` of the projected values, on a pixel: α, T before it, the way from its centre. */
type Visit = (
  at: number,
  pixel: number,
  share: number,
  before: number,
  dx: number,
  dy: number,
  isHeld: boolean,
) => void;

/** Everything that is drawn, front to back for every pixel; `light` [h, w] begins at 1 and ends at T, below 0 where done. */
function visitPixels(
  { camera, projected, lists }: Omit<ScreenView, 'colour' | 'alpha'>,
  light: Float64Array,
  visit: Visit,
) {
  const { width, height } = camera;
  const { values } = projected;
  for (let tile = 0; tile < lists.columns * lists.rows; tile++) {
    const left = (tile % lists.columns) * TILE;
    const top = Math.floor(tile / lists.columns) * TILE;
    const [right, bottom] = [Math.min(width, left + TILE), Math.min(height, top + TILE)];
    for (let k = lists.starts[tile]; k < lists.starts[tile + 1]; k++) {
      const at = STRIDE * lists.members[k];
      const [mx, my] = [values[at + AT.x], values[at + AT.y]];
      const [a, b, c] = [values[at + AT.conic], values[at + AT.conic + 1], values[at + AT.conic + 2]];
      const [opacity, reach] = [values[at + AT.opacity], values[at + AT.reach]];
      const halfHeight = values[at + AT.halfHeight];
      const firstRow = Math.max(top, Math.ceil(my - halfHeight - 0.5 - 1e-6));
      const lastRow = Math.min(bottom - 1, Math.floor(my + halfHeight - 0.5 + 1e-6));
      for (let y = firstRow; y <= lastRow; y++) {
        const dy = y + 0.5 - my;
        // Where on this row σ ≤ reach.
        const root = Math.sqrt(Math.max(0, b * b * dy * dy - a * (c * dy * dy - 2 * reach)));
        const first = Math.max(left, Math.ceil(mx + (-b * dy - root) / a - 0.5 - 1e-6));
        const last = Math.min(right - 1, Math.floor(mx + (-b * dy + root) / a - 0.5 + 1e-6));
        for (let x = first; x <= last; x++) {
          const pixel = y * width + x;
          const before = light[pixel];
          if (before < 0) continue;
          const dx = x + 0.5 - mx;
          const sigma = 0.5 * (a * dx * dx + c * dy * dy) + b * dx * dy;
          if (sigma < 0) continue;
          const full = opacity * Math.exp(-sigma);
          const share = Math.min(MAX_ALPHA, full);
          if (share < MIN_ALPHA) continue;
          const after = before * (1 - share);
          if (after < MIN_TRANSMITTANCE) {
            light[pixel] = -before;
            continue;
          }
          light[pixel] = after;
          visit(at, pixel, share, before, dx, dy, full > MAX_ALPHA);
        }
      }
    }
  }
}
