import { skyMask } from '../../../compute/monocular/sky.ts';
import type { Pixels } from '../../../compute/preprocess/cpu.ts';
import type { Size } from '../../../core/geometry.ts';
import type { LiftSettings } from '../contract/settings.ts';
import type { LiftPhoto, OpenedDepth } from './depth/depth-sources.ts';
import { type Fit, fitMap, fitPixels, fittedSize, type PlainMap } from './depth/fit-photo.ts';
import type { Scene } from './drawing/frame.ts';

/** The sky network; both reject where there is none. */
export interface SkyModel {
  /** Tells one network from another. */
  skyKey(): Promise<string>;
  skyMap(photo: Pixels): Promise<PlainMap>;
}

/**
 * Makes scenes of photos and depth maps at the rendered size. Each part is kept while what it depends on stays, so
 * that no slider runs a model and few of them resample anything.
 */
export class Scenes {
  private photo: { key: string; pixels: Pixels } | null = null;
  private disparity: { key: string; values: Float32Array } | null = null;
  private sky: { key: string; values: Float32Array | null } | null = null;
  private skyOfPhoto: { key: string; map: PlainMap } | null = null;

  constructor(private readonly skyModel: SkyModel) {}

  async get(photo: LiftPhoto, depth: OpenedDepth, { render, sky }: LiftSettings): Promise<Scene> {
    const fit: Fit = { longSide: render.longSide, crop: render.crop };
    const photoKey = `${photo.key}/${fit.longSide}/${fit.crop}`;
    if (this.photo?.key !== photoKey) this.photo = { key: photoKey, pixels: fitPixels(photo.pixels(), fit) };
    const { pixels } = this.photo;
    const disparityKey = `${photoKey}/${depth.key}`;
    if (this.disparity?.key !== disparityKey) {
      this.disparity = { key: disparityKey, values: fitMap(depth.map, photo.pixels(), fit) };
    }
    const disparity = this.disparity.values;
    const model = sky.source === 'model' ? await this.skyModel.skyKey() : null;
    // The parts depend on each other in turn, so the sky's key names the whole scene.
    const skyKey = `${disparityKey}/${sky.source} ${model}`;
    let found = this.sky;
    if (found?.key !== skyKey) {
      let values: Float32Array | null = null;
      if (sky.source === 'heuristic') values = skyMask(pixels, disparity);
      if (model !== null) values = await this.skyByModel(model, photo, fit);
      this.sky = found = { key: skyKey, values };
    }
    return { key: skyKey, size: fittedSize(photo.pixels(), fit), photo: pixels, disparity, sky: found.values };
  }

  private async skyByModel(model: string, photo: LiftPhoto, fit: Fit): Promise<Float32Array> {
    const whole = photo.pixels();
    const key = `${photo.key}/${model}`;
    if (this.skyOfPhoto?.key !== key) this.skyOfPhoto = { key, map: await this.skyModel.skyMap(whole) };
    return fitMap(this.skyOfPhoto.map, whole as Size, fit);
  }
}
