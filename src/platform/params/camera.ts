import type { Camera } from '../../core/viewer/zoom.ts';
import { clampCamera, DEFAULT_CAMERA, isZoomed } from '../../core/viewer/zoom.ts';
import { readNumbers, roundTo } from './address.ts';
import { coded } from './params.ts';

/** Zoom and pan of a page's pictures: place of the middle (shares of the photo) and magnification. */
export const zoomParam = (address: string) =>
  coded<Camera>({
    address,
    label: 'Zoom and pan',
    default: DEFAULT_CAMERA,
    form: 'x,y,scale',
    read: (written) => {
      const numbers = readNumbers(written, 3);
      return numbers ? clampCamera({ x: numbers[0], y: numbers[1], scale: numbers[2] }) : undefined;
    },
    // Not zoomed, its middle means nothing.
    write: (value) => {
      const { x, y, scale } = isZoomed(value) ? value : DEFAULT_CAMERA;
      return [roundTo(x, 5), roundTo(y, 5), roundTo(scale, 3)].join(',');
    },
  });
