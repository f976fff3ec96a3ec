import type { Size } from '../../../../core/geometry.ts';
import type { FlyPlace } from '../../../../core/viewer/fly.ts';
import { activate } from '../../../../gaussians/activate.ts';
import { type SplatMaps, startRendering } from '../../../../gaussians/raster/render.ts';
import type { TwoViewScene } from '../../../../gaussians/two-view/build.ts';
import { fadedOpacities, flyCamera } from '../../../../gaussians/two-view/path.ts';
import { LatestOnly } from '../../../../platform/worker/latest-only.ts';
import type { FlyDrawer, FlyPicture } from '../../views/fly/drawer.ts';

/** Longer sides: of the picture that comes at once, and of the one that follows where nothing newer is asked for. */
const [COARSE, FINE] = [128, 320];
/** Milliseconds of work between two looks at whether it is still wanted. */
const SLICE = 20;

interface Request {
  place: FlyPlace;
  size: Size;
}

/**
 * The scene without a graphics card: by the rasteriser of src/gaussians, small at first and in slices, so that the worker hears what
 * it is told meanwhile.
 */
export function plainDrawer(scene: TwoViewScene, onPicture: () => void): FlyDrawer {
  const gaussians = activate(scene.table);
  let last: FlyPicture | null = null;
  let asked = '';
  let isOver = false;

  const render = async ({ place, size }: Request, longSide: number, isStale: () => boolean) => {
    const scale = Math.min(1, longSide / Math.max(size.width, size.height));
    const small = {
      width: Math.max(1, Math.round(size.width * scale)),
      height: Math.max(1, Math.round(size.height * scale)),
    };
    const opacities = fadedOpacities(gaussians.opacities, scene.fade, place.at);
    const rendering = startRendering({ ...gaussians, opacities }, flyCamera(scene, place, small), { colourOnly: true });
    let since = performance.now();
    for (let row = 0; row < rendering.rows; row++) {
      if (performance.now() - since > SLICE) {
        await new Promise((resolve) => setTimeout(resolve));
        if (isStale()) return null;
        since = performance.now();
      }
      rendering.renderRow(row);
    }
    return premultiplied(rendering.maps);
  };

  const frames = new LatestOnly(async (request: Request) => {
    for (const side of [COARSE, FINE]) {
      if (isOver || (side === FINE && frames.isSuperseded)) return;
      // The first one always comes: else nothing would be seen while hands move.
      const picture = await render(request, side, () => isOver || (side === FINE && frames.isSuperseded));
      if (!picture || isOver) return;
      last = picture;
      onPicture();
    }
  });

  return {
    on: 'cpu',
    picture(place, size) {
      const key = JSON.stringify([place, size]);
      if (key !== asked) {
        asked = key;
        void frames.run({ place, size });
      }
      return last;
    },
    render: async (place, size) => (await render({ place, size }, FINE, () => false))!,
    destroy() {
      isOver = true;
      last = null;
    },
  };
}

function premultiplied({ width, height, colour, alpha }: SplatMaps): FlyPicture {
  const points = width * height;
  const data = new Uint8ClampedArray(4 * points);
  for (let i = 0; i < points; i++) {
    for (let c = 0; c < 3; c++) data[4 * i + c] = 255 * colour[c * points + i];
    data[4 * i + 3] = 255 * alpha[i];
  }
  return { width, height, data };
}
