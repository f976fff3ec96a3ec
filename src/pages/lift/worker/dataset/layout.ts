import type { DatasetOptions } from '../../contract/dataset.ts';
import { NORMALISED_CONVENTION, PIXEL_CONVENTION } from '../../../../core/coordinates.ts';

/**
 * What a dataset was made with: all that a view depends on and that is not drawn for it. A folder is gone on with only
 * by the same; the number of views may differ.
 */
export function recipeOf({ seed, size, relight, photometric, settings }: DatasetOptions) {
  const { scale, shift, near, far, blur, clip } = settings.depth;
  const { edge, tolerance, fill } = settings.render;
  return {
    version: 1,
    seed,
    size,
    relight,
    photometric,
    settings: {
      // Drawn where light is.
      depth: { ...(relight ? {} : { scale, shift }), near, far, blur, clip },
      render: { edge, tolerance, fill },
      sky: settings.sky,
      ...(relight ? { shadows: settings.light.shadows } : {}),
    },
  };
}

/** Contents of the file that describes a dataset. */
export function describeDataset(options: DatasetOptions): Uint8Array<ArrayBuffer> {
  const description = {
    about: 'Pairs of a photo and a new view of it with exact correspondences, made by LiftMatch in the layout of L2M.',
    pixels: PIXEL_CONVENTION,
    folders: {
      image1: 'photo, PNG [h, w, 3], 8 bits, sRGB',
      image2: 'new view, the same; holes are filled as settings.render.fill says',
      depth1: 'float32 [h, w] along the axis of camera 1, scene units; 0 where there is none (sky)',
      depth2: 'float32 [h, w] along the axis of camera 2; 0 in holes',
      cams: 'float32 [3, 3] K of both cameras, pixels',
      ext: 'float32 [3, 4] [R|t], camera 1 to camera 2, t in scene units',
      debug: 'photo, view, and the photo rebuilt from the view by the warp, with ten matches marked; half size',
      warp: {
        warp: `float32 [2, h, w] x then y in image2, on image1's grid, ${NORMALISED_CONVENTION}`,
        visible: 'uint8 [h, w] 1 where image2 shows the same place: only these count',
        warp_ba: "float32 [2, h, w] the same from image2's grid to image1",
        visible_b: 'uint8 [h, w] 1 where the view was rendered, 0 in holes, filled or not',
        'K_a, K_b, pose_ab': 'as cams and ext',
        'settings.json': 'everything that was drawn for this view',
      },
    },
    recipe: recipeOf(options),
  };
  return new TextEncoder().encode(`${JSON.stringify(description, null, 2)}\n`);
}
