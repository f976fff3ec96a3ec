import type { Size } from '../../../shared/geometry.ts';
import { type CameraPair, intrinsicMatrix, type Pinhole } from '../../../shared/lift/camera.ts';
import { type Matrix3, multiply3, project } from '../../../shared/matrix3.ts';
import type { Pixels } from '../preprocess.ts';
import type { SkyMask } from './depth.ts';
import { readColour } from './read-colour.ts';

/**
 * Sky is taken from this far inside its mask on, as a share of the photo's longer side: its rim has the colours of
 * what stands before it, whose outline would float in the view's sky.
 */
const INSET = 0.01;

/** The inset in pixels of the photo; never 0, so that bilinear reading takes of sky alone. */
export const backdropInset = ({ width, height }: Size): number =>
  Math.max(1, Math.round(INSET * Math.max(width, height)));

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
 * there (bilinear), as nothing of the sky moves when the camera steps aside. To be done before the light, which gives
 * places without depth their share, and before holes are filled. It is looks alone: these places stay holes in depth,
 * warp and visibility.
 * @param colour of the view, RGBA
 * @param visible [h, w] 1 where the view was rendered
 * @param photo of camera a's size, as the mask
 */
export function drawSkyBackdrop(
  colour: Pixels,
  visible: ArrayLike<number>,
  photo: Pixels,
  sky: SkyMask,
  cameras: CameraPair,
): BackedView {
  const { width, height } = cameras.b;
  const toPhoto = infiniteHomography(cameras);
  const isAmidSky = skyInside(sky, photo, backdropInset(photo));
  const data = colour.data.slice();
  const known = Uint8Array.from(visible);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (known[i]) continue;
      const [px, py] = project(toPhoto, x + 0.5, y + 0.5);
      if (!(px >= 0 && py >= 0 && px < photo.width && py < photo.height)) continue;
      if (!isAmidSky(Math.floor(px), Math.floor(py))) continue;
      readColour(photo, px / photo.width, py / photo.height, data, 4 * i);
      known[i] = 1;
    }
  }
  return { colour: { data, width, height }, known };
}

/** Tells whether a pixel of the photo and all others up to `inset` beside and above it are sky. */
function skyInside({ map, threshold }: SkyMask, { width, height }: Size, inset: number) {
  // How much above and left of a corner is no sky (a summed-area table), so that any box takes four reads.
  const columns = width + 1;
  const sums = new Uint32Array(columns * (height + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0, row = 0; x < width; x++) {
      if (!(map[y * width + x] > threshold)) row++;
      sums[(y + 1) * columns + x + 1] = sums[y * columns + x + 1] + row;
    }
  }
  return (x: number, y: number): boolean => {
    const left = Math.max(0, x - inset);
    const right = Math.min(width, x + inset + 1);
    const top = Math.max(0, y - inset) * columns;
    const bottom = Math.min(height, y + inset + 1) * columns;
    return sums[bottom + right] - sums[bottom + left] - sums[top + right] + sums[top + left] === 0;
  };
}
