import { throwIfAborted } from '../../core/errors.ts';
import { type ActiveGaussians, activate } from '../../gaussians/activate.ts';
import { isSameCamera, type SplatCamera } from '../../gaussians/camera.ts';
import { type SplatMaps, startRendering } from '../../gaussians/raster/render.ts';
import type { GaussianTable } from '../../gaussians/table.ts';
import { tooLarge } from './scene.ts';
import { paintMaps } from './show/cpu.ts';
import { isColourAlone, type SplatPane } from './show/pane.ts';

/** A frame of more takes seconds on one core. */
export const MAX_PLAIN_GAUSSIANS = 300_000;
/** Milliseconds of work between two looks at whether it is still wanted. */
const SLICE = 20;

/** A painted pane, RGBA, to be put on a canvas. */
export interface PlainPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/**
 * The viewer without a GPU, and where the adapter is software (SwiftShader takes some twenty times as long as this):
 * the rasteriser of src/gaussians in slices, so that the worker that it runs in still hears what it is told. For
 * pictures of a reduced size.
 */
export class PlainSplatViewer {
  private table: GaussianTable | null = null;
  private gaussians: ActiveGaussians | null = null;
  /** The last view; nothing is rendered again for another pane of it. */
  private seen: { camera: SplatCamera; maps: SplatMaps; isWhole: boolean } | null = null;

  /**
   * Takes a scene in place of the last one, which stays where the new one is refused.
   * @throws CodedError `scene-too-large`
   */
  setScene(table: GaussianTable | null): void {
    if (table && table.count > MAX_PLAIN_GAUSSIANS) {
      const figures = [table.count, MAX_PLAIN_GAUSSIANS].map((count) => count.toLocaleString('en'));
      throw tooLarge(`The scene has ${figures[0]} Gaussians; without a graphics card ${figures[1]} are taken.`);
    }
    this.table = table;
    this.gaussians = table && activate(table);
    this.seen = null;
  }

  /** Shows a part of the scene; null shows all again. @param shown [n] 1 for what stays in sight */
  setShown(shown: Uint8Array | null): void {
    if (!this.table || !this.gaussians) return;
    const all = activate(this.table);
    const opacities = Float64Array.from(all.opacities, (opacity, i) => (shown && !shown[i] ? 0 : opacity));
    this.gaussians = { ...all, opacities };
    this.seen = null;
  }

  /**
   * One pane of one view, of the camera's size.
   * @throws CodedError `cancelled` soon after the signal
   */
  async draw(
    camera: SplatCamera,
    pane: SplatPane,
    background: readonly [number, number, number],
    signal?: AbortSignal,
  ): Promise<PlainPicture> {
    const maps = await this.render(camera, !isColourAlone(pane), signal);
    return paintMaps(maps, pane, background);
  }

  /** Every map of a view. @throws CodedError `cancelled` */
  measure(camera: SplatCamera, signal?: AbortSignal): Promise<SplatMaps> {
    return this.render(camera, true, signal);
  }

  private async render(camera: SplatCamera, isWhole: boolean, signal?: AbortSignal): Promise<SplatMaps> {
    throwIfAborted(signal);
    const { seen, gaussians } = this;
    if (!gaussians) throw new Error('No scene is open.');
    if (seen && isSameCamera(seen.camera, camera) && (seen.isWhole || !isWhole)) return seen.maps;
    const rendering = startRendering(gaussians, camera, { colourOnly: !isWhole });
    let since = performance.now();
    for (let row = 0; row < rendering.rows; row++) {
      if (performance.now() - since > SLICE) {
        await new Promise((resolve) => setTimeout(resolve));
        throwIfAborted(signal);
        since = performance.now();
      }
      rendering.renderRow(row);
    }
    // Another scene may have been opened between two slices.
    if (this.gaussians === gaussians) this.seen = { camera, maps: rendering.maps, isWhole };
    return rendering.maps;
  }
}
