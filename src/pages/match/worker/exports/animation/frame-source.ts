import { mapForReading } from '../../../../../platform/gpu/readback.ts';
import type { Gpu } from '../../../../../platform/gpu/device.ts';
import type { MatchField } from '../../../../../compute/field/gpu.ts';
import type { PlainMatchField } from '../../../../../compute/field/cpu.ts';
import type { AnimationKind, AnimationSettings, AnimationStep } from '../../../../../exports/animation-settings.ts';
import type { Side, Size } from '../../../../../core/geometry.ts';
import type { CompareMode, ViewSettings } from '../../../contract/view.ts';
import { DEFAULT_CAMERA } from '../../../../../core/viewer/zoom.ts';
import { type FlyDrawer, placeOf } from '../../../views/fly/drawer.ts';
import { CpuStage } from '../../stage/cpu-stage.ts';
import type { Photo } from '../../../../../matching/photos/photo.ts';
import { Renderer } from '../../stage/renderer.ts';
import { TextureTarget } from '../../../../../platform/gpu/stage-target.ts';

/** Draws pictures on the way from A to B, away from the page's stage. */
export interface FrameSource {
  /** RGBA bytes of the picture `amount` (0…1) of the way. */
  draw(amount: number): Promise<Uint8Array | Uint8ClampedArray>;
  /** Frees what it holds. */
  close(): void;
}

/** An animation about to be encoded. */
export interface Film {
  size: Size;
  steps: readonly AnimationStep[];
  settings: AnimationSettings;
  /** Draws any picture on the way. */
  draw: FrameSource['draw'];
  /** The frames in order; throws `cancelled` between two of them. */
  frames(): AsyncGenerator<{ pixels: Uint8Array | Uint8ClampedArray; duration: number }>;
}

/** What frames are drawn from. */
export interface FrameScene {
  photos: Record<Side, Photo>;
  view: ViewSettings;
  /** The scene of both, for a flight. */
  fly?: FlyDrawer | null;
}

/** A flicker is a blend that is all or nothing. */
const MODES: Record<Exclude<AnimationKind, 'fly'>, CompareMode> = {
  morph: 'morph',
  flicker: 'blend',
  swipe: 'swipe',
};
const SIDES: readonly Side[] = ['a', 'b'];

/** The whole of both photos, compared by the dense match, whatever the page shows of them. */
function viewAt(view: ViewSettings, kind: AnimationKind, amount: number): ViewSettings {
  const whole = { ...view, camera: DEFAULT_CAMERA };
  if (kind === 'fly') return { ...whole, view: 'fly', flyAt: amount, flyYaw: 0, flyPitch: 0 };
  return {
    ...whole,
    view: 'compare',
    compareMode: MODES[kind],
    compareBy: 'match',
    // A swipe's amount is how much of A is seen.
    amount: kind === 'swipe' ? 1 - amount : amount,
  };
}

/** What draws one frame of a flight: a picture of the processor is waited for. The scene stays its owner's. */
async function drawerOf(fly: FlyDrawer, view: ViewSettings, size: Size): Promise<FlyDrawer> {
  const destroy = () => {};
  if (fly.on === 'gpu') return { ...fly, destroy };
  const picture = await fly.render(placeOf(view), size);
  return { ...fly, destroy, picture: () => picture };
}

/** Frames by the page's own shaders, on a texture of their own. */
export function gpuFrames(
  gpu: Gpu,
  field: MatchField,
  scene: FrameScene,
  kind: AnimationKind,
  size: Size,
): FrameSource {
  const target = new TextureTarget(gpu.device);
  const renderer = new Renderer(gpu, target);
  for (const side of SIDES) renderer.setPhoto(side, scene.photos[side].texture());
  renderer.setField(field);
  renderer.resize(size, 1);
  return {
    async draw(amount) {
      const view = viewAt(scene.view, kind, amount);
      if (kind === 'fly' && scene.fly) renderer.setFly(await drawerOf(scene.fly, view, size));
      renderer.setView(view, [1, 1, 1, 1]);
      renderer.draw(0);
      return readPixels(gpu.device, target.texture!);
    },
    close() {
      renderer.destroy();
      target.texture?.destroy();
    },
  };
}

/** The same without WebGPU: softer, and a morph is a blend. */
export function cpuFrames(field: PlainMatchField, scene: FrameScene, kind: AnimationKind, size: Size): FrameSource {
  const canvas = new OffscreenCanvas(size.width, size.height);
  const stage = new CpuStage(canvas);
  for (const side of SIDES) stage.setPhoto(side, scene.photos[side]);
  stage.setField(field);
  stage.resize(size, 1);
  return {
    async draw(amount) {
      const view = viewAt(scene.view, kind, amount);
      if (kind === 'fly' && scene.fly) stage.setFly(await drawerOf(scene.fly, view, size));
      stage.setView(view, 'light');
      stage.drawNow();
      // The worker hears of a cancellation in between.
      await new Promise((resolve) => setTimeout(resolve));
      return canvas.getContext('2d')!.getImageData(0, 0, size.width, size.height).data;
    },
    close: () => stage.stop(),
  };
}

/** WebGPU's copies begin rows at multiples of this, bytes. */
const ROW_ALIGNMENT = 256;

/** RGBA bytes of an rgba8unorm texture, row by row. */
async function readPixels(device: GPUDevice, texture: GPUTexture): Promise<Uint8Array> {
  const { width, height } = texture;
  const rowBytes = 4 * width;
  const stride = Math.ceil(rowBytes / ROW_ALIGNMENT) * ROW_ALIGNMENT;
  const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ;
  const staging = device.createBuffer({ label: 'read-pixels', size: stride * height, usage });
  try {
    const encoder = device.createCommandEncoder({ label: 'read-pixels' });
    encoder.copyTextureToBuffer({ texture }, { buffer: staging, bytesPerRow: stride }, [width, height]);
    device.queue.submit([encoder.finish()]);
    await mapForReading(device, staging);
    const padded = new Uint8Array(staging.getMappedRange());
    const pixels = new Uint8Array(rowBytes * height);
    for (let y = 0; y < height; y++) pixels.set(padded.subarray(y * stride, y * stride + rowBytes), y * rowBytes);
    return pixels;
  } finally {
    staging.destroy();
  }
}
