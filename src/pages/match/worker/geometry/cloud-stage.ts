import type { Gpu } from '../../../../platform/gpu/device.ts';
import { DrawCloud } from '../../views/cloud/gpu.ts';
import { type CloudScene, type CloudUniforms, cloudUniforms, drawCloud } from '../../views/cloud/cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { CodedError } from '../../../../core/errors.ts';
import type { CloudView } from '../../contract/geometry-fit.ts';
import { CanvasTarget } from '../../../../platform/gpu/stage-target.ts';
import { STAGE_COLORS } from '../../../../core/colors/stage-colors.ts';
import { cameraLines } from './camera-lines.ts';
import type { ColoredCloud } from './cloud.ts';
import type { Fitted } from './fit-match.ts';

/** CSS pixels. */
const LINE_WIDTH = 1.6;

/** What draws one picture of the present scene. */
interface Painter {
  setScene(scene: CloudScene): void;
  draw(values: CloudUniforms, ground: readonly number[]): void;
  destroy(): void;
}

/** The 3-D view of a cloud on a canvas of its own: drawn at most once a frame, and only when something changed. */
export class CloudStage {
  readonly drawnBy: 'webgpu' | 'canvas';
  private readonly painter: Painter;
  private view: CloudView | null = null;
  private frame: number | null = null;

  constructor(canvas: OffscreenCanvas, gpu: Gpu | null, root: Scope | null) {
    this.drawnBy = gpu && root ? 'webgpu' : 'canvas';
    this.painter = gpu && root ? gpuPainter(canvas, gpu, root) : canvasPainter(canvas);
  }

  setCloud({ positions, colors, info, fitted }: ColoredCloud & { fitted: Fitted }): void {
    const { cameras } = fitted.result;
    this.painter.setScene({ positions, colors, lines: cameras ? cameraLines(cameras, info.radius) : [] });
    this.requestDraw();
  }

  setView(view: CloudView): void {
    this.view = view;
    this.requestDraw();
  }

  destroy(): void {
    if (this.frame !== null) cancelAnimationFrame(this.frame);
    this.painter.destroy();
  }

  private requestDraw(): void {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      if (!this.view) return;
      const { size, pixelRatio, orbit, pointSize, theme } = this.view;
      const pixels = (length: number) => Math.max(1, Math.round(length * pixelRatio));
      const drawn = [pixels(size.width), pixels(size.height)] as const;
      const values = cloudUniforms(orbit, drawn, (pointSize * pixelRatio) / 2, LINE_WIDTH * pixelRatio);
      this.painter.draw(values, STAGE_COLORS[theme]);
    });
  }
}

function gpuPainter(canvas: OffscreenCanvas, { device }: Gpu, root: Scope): Painter {
  const scope = root.child('cloud');
  const target = new CanvasTarget(device, canvas);
  const pass = new DrawCloud(device, scope, target.format);
  return {
    setScene: (scene) => pass.setScene(scene),
    draw(values, ground) {
      target.resize({ width: values.size[0], height: values.size[1] });
      const encoder = device.createCommandEncoder({ label: 'cloud' });
      pass.draw(encoder, target.view(), ground, values);
      device.queue.submit([encoder.finish()]);
    },
    destroy: () => scope.destroy(),
  };
}

function canvasPainter(canvas: OffscreenCanvas): Painter {
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new CodedError('internal', 'This browser gave no 2D canvas.', 'Close other tabs and try again.');
  let scene: CloudScene = { positions: new Float32Array(0), colors: new Uint8Array(0), lines: [] };
  return {
    setScene: (given) => (scene = given),
    draw(values, ground) {
      const [width, height] = values.size;
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
      context.putImageData(new ImageData(drawCloud(scene, values, ground).data, width, height), 0, 0);
    },
    destroy: () => undefined,
  };
}
