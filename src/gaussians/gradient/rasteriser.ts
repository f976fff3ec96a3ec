import type { ActiveGaussians } from '../activate.ts';
import type { SplatCamera } from '../camera.ts';
import type { Plane } from '../raster/render.ts';
import type { ProjectedGaussians } from '../raster/project.ts';
import { renderView, screenGradients } from './screen.ts';

/** A picture with the way back from it. */
export interface SeenView {
  readonly camera: SplatCamera;
  readonly projected: ProjectedGaussians;
  /** [3, h, w] */
  readonly colour: Plane;
  /**
   * Derivatives of a loss by what each projected Gaussian puts on the screen, see `screenGradients`; before the next view is seen.
   * @param byColour [3, h, w] by the picture
   */
  gradients(byColour: Float64Array): ArrayLike<number> | Promise<ArrayLike<number>>;
}

/** Draws Gaussians that move between pictures, and differentiates what it drew. */
export interface DifferentiableRasteriser {
  see(gaussians: ActiveGaussians, camera: SplatCamera): SeenView | Promise<SeenView>;
  destroy(): void;
}

/** The judge in float64, and the engine where there is no GPU. */
export const plainRasteriser = (background?: readonly [number, number, number]): DifferentiableRasteriser => ({
  see(gaussians, camera) {
    const view = renderView(gaussians, camera, background);
    return { ...view, gradients: (colour) => screenGradients(view, { colour }) };
  },
  destroy() {},
});
