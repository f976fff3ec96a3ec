import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import type { Size } from '../../../../core/geometry.ts';
import type { Color } from '../../../../core/colors/stage-colors.ts';
import { DEFAULT_CAMERA } from '../../../../core/viewer/zoom.ts';
import type { StageFit } from '../../contract/alignment.ts';
import type { Pane } from '../../contract/layout.ts';
import type { ViewSettings } from '../../contract/view.ts';
import { CPU_DRAWINGS } from '../../views/cpu-drawings.ts';
import type { PaneKind } from '../../views/index.ts';
import type { PaneScene } from '../../views/pane/cpu.ts';
import type { Frame } from '../../views/pane/frame.ts';

/** The pictures that are worked out from the dense match, by the same rules as the shaders. */
export type FieldPicture = Exclude<PaneKind, 'photo'>;

/** What a picture shows besides its settings. */
export interface PictureSubject extends Omit<PaneScene, 'pane' | 'own'> {
  pane: Pane;
  photo: Size;
  /** The model that a comparison may be aligned by. */
  fit?: StageFit | null;
}

/** The largest size with the photo's aspect ratio and no side above `longSide`; a small photo keeps its own. */
export function pictureSize(photo: Size, longSide: number): Size {
  const scale = Math.min(1, longSide / Math.max(photo.width, photo.height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return { width: side(photo.width), height: side(photo.height) };
}

/**
 * Draws the whole photo's (or aligned canvas's) picture with no side above `longSide`, opaque; zooming and clipping are
 * the stage's.
 */
export function drawPicture(
  { pane, photo, here, there, field, fit }: PictureSubject,
  settings: ViewSettings,
  ground: Color,
  longSide: number,
): Pixels & { data: Uint8ClampedArray<ArrayBuffer> } {
  const cpu = CPU_DRAWINGS[pane.kind];
  const size = pictureSize(cpu.laidOut?.(settings, fit, photo) ?? photo, longSide);
  const whole: Pane = { ...pane, rect: { x: 0, y: 0, ...size } };
  const frame: Frame = {
    settings: { ...settings, camera: DEFAULT_CAMERA },
    ground,
    stage: size,
    pixelRatio: 1,
    linesShown: false,
    fit,
    now: 0,
  };
  const { picture, uniforms, own } = cpu.rule(frame, whole, photo, field.grid);
  const scene: PaneScene = { pane: uniforms, here, there, field, own };
  const data = new Uint8ClampedArray(size.width * size.height * 4);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const [r, g, b] = picture(scene, x + 0.5, y + 0.5);
      data.set([r * 255, g * 255, b * 255, 255], (y * size.width + x) * 4);
    }
  }
  return { data, ...size };
}
