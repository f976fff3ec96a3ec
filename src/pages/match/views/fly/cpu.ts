import { mixRgb, onStage, type PaneScene, type Rgb, smoothstep, unitAt, unknownColor, clamp } from '../pane/cpu.ts';
import type { CpuPainter } from '../pane/cpu-painter.ts';
import { paneUniforms } from '../pane/frame.ts';
import { drawPhoto } from '../photo/cpu.ts';
import { type FlyPicture, HOLE, pictureSize, placeOf } from './drawer.ts';

/** The scene's picture over the stage pixel, or hatching: the rule of shaders/scene/draw-fly.wgsl. */
export function flyColor(scene: Pick<PaneScene, 'pane'>, picture: FlyPicture, x: number, y: number): Rgb {
  const whole = scene as PaneScene;
  const unit = unitAt(whole, x, y);
  const [r, g, b, a] = sampled(picture, unit[0], unit[1]);
  const color = [r, g, b].map((value) => clamp(value / Math.max(a, 1e-3))) as Rgb;
  return onStage(whole, mixRgb(unknownColor(whole, x, y), color, smoothstep(HOLE.below, HOLE.above, a)), unit);
}

/** Bilinear, the border continued; 0…1. */
function sampled({ data, width, height }: FlyPicture, u: number, v: number): number[] {
  const x = Math.min(width - 1, Math.max(0, u * width - 0.5));
  const y = Math.min(height - 1, Math.max(0, v * height - 0.5));
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [x1, y1] = [Math.min(width - 1, x0 + 1), Math.min(height - 1, y0 + 1)];
  return [0, 1, 2, 3].map((c) => {
    const at = (row: number, column: number) => data[4 * (row * width + column) + c];
    const above = at(y0, x0) + (x - x0) * (at(y0, x1) - at(y0, x0));
    const below = at(y1, x0) + (x - x0) * (at(y1, x1) - at(y1, x0));
    return (above + (y - y0) * (below - above)) / 255;
  });
}

/** Pictures that were made into canvases. */
const canvases = new WeakMap<FlyPicture, OffscreenCanvas>();

/** Without a GPU: the picture on hatching, at the picture's own size; photo A while there is none. */
export const flyCpu: CpuPainter = {
  rule: (frame, pane, photo, grid) => ({ picture: drawPhoto, uniforms: paneUniforms(frame, pane, photo, grid) }),

  paint({ frame, photo, rect, drawImage }) {
    const { fly, settings } = frame;
    const picture = fly?.on === 'cpu' ? fly.picture(placeOf(settings), pictureSize(rect)) : null;
    if (!picture) {
      drawImage(photo.image);
      return;
    }
    let canvas = canvases.get(picture);
    if (!canvas) {
      const { width, height } = picture;
      const whole = { side: 'a', kind: 'fly', rect: { x: 0, y: 0, width, height } } as const;
      const still = { ...frame, settings: { ...settings, camera: { x: 0.5, y: 0.5, scale: 1 } }, pixelRatio: 1 };
      const pane = paneUniforms({ ...still, stage: { width, height } }, whole, picture, { width: 1, height: 1 });
      const data = new Uint8ClampedArray(4 * width * height);
      for (let i = 0; i < width * height; i++) {
        const [r, g, b] = flyColor({ pane }, picture, (i % width) + 0.5, Math.floor(i / width) + 0.5);
        data.set([255 * r, 255 * g, 255 * b, 255], 4 * i);
      }
      canvas = new OffscreenCanvas(width, height);
      canvas.getContext('2d')!.putImageData(new ImageData(data, width, height), 0, 0);
      canvases.set(picture, canvas);
    }
    drawImage(canvas);
  },
};
