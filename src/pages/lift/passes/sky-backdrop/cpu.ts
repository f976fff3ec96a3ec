import { type CameraPair, intrinsicMatrix, type Pinhole } from '../../../../geometry/pinhole.ts';
import { type Matrix3, multiply3, project } from '../../../../core/matrix3.ts';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import type { SkyMask } from '../depth/cpu.ts';
import { readColour } from '../read-colour.ts';

/** A view's picture with what of it can be seen as it is; the rest is for the filling of holes. */
export interface BackedView {
  /** RGBA; 0, 0, 0, 0 where `known` is 0. */
  colour: Pixels;
  /** [h, w] 1 where the view was rendered or shows the backdrop. */
  known: Uint8Array;
}

/**
 * The infinite homography K_a · Rᵀ · K_b⁻¹: from pixels of the view to pixels of the photo, for what is infinitely
 * far (Hartley and Zisserman, Multiple View Geometry, 13.4). Its third coordinate is above 0 before camera a.
 */
export function infiniteHomography({ a, b, rotation: r }: CameraPair): Matrix3 {
  const back: Matrix3 = [r[0], r[3], r[6], r[1], r[4], r[7], r[2], r[5], r[8]];
  return multiply3(intrinsicMatrix(a), multiply3(back, inverseIntrinsics(b)));
}

const inverseIntrinsics = ({ fx, fy, cx, cy }: Pinhole): Matrix3 => [1 / fx, 0, -cx / fx, 0, 1 / fy, -cy / fy, 0, 0, 1];

/**
 * Draws the sky behind a view: holes whose ray, turned by the rotation alone, meets sky in the photo take its colour
 * there, as nothing of the sky moves when the camera steps aside. To be done before the light, which gives
 * places without depth their share, and before holes are filled. It is looks alone: these places stay holes in depth,
 * warp and visibility.
 * @param colour of the view, RGBA
 * @param visible [h, w] 1 where the view was rendered
 * @param plate the photo's sky as sky-plate.ts makes it, read bilinearly; of camera a's size, as the mask
 * @param sky read at the nearest pixel
 */
export function drawSkyBackdrop(
  colour: Pixels,
  visible: ArrayLike<number>,
  plate: Pixels,
  { map, threshold }: SkyMask,
  cameras: CameraPair,
): BackedView {
  const { width, height } = cameras.b;
  const toPhoto = infiniteHomography(cameras);
  const data = colour.data.slice();
  const known = Uint8Array.from(visible);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (known[i]) continue;
      const [px, py] = project(toPhoto, x + 0.5, y + 0.5);
      if (!(px >= 0 && py >= 0 && px < plate.width && py < plate.height)) continue;
      if (!(map[Math.floor(py) * plate.width + Math.floor(px)] > threshold)) continue;
      readColour(plate, px / plate.width, py / plate.height, data, 4 * i);
      known[i] = 1;
    }
  }
  return { colour: { data, width, height }, known };
}
