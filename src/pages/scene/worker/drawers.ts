import { PlainSplatViewer, MAX_PLAIN_GAUSSIANS } from '../../../compute/splats/plain-viewer.ts';
import type { SplatPane } from '../../../compute/splats/show/pane.ts';
import { SplatKernels, SplatViewer } from '../../../compute/splats/viewer.ts';
import { STAGE_COLORS } from '../../../core/colors/stage-colors.ts';
import { CodedError, isCancelled } from '../../../core/errors.ts';
import type { Size } from '../../../core/geometry.ts';
import { cameraCentre, type SplatCamera } from '../../../gaussians/camera.ts';
import type { SplatMaps } from '../../../gaussians/raster/render.ts';
import { type GaussianTable, MAX_GAUSSIANS } from '../../../gaussians/table.ts';
import type { Scope } from '../../../platform/gpu/scope.ts';
import { CanvasTarget } from '../../../platform/gpu/stage-target.ts';
import { type DrawRequest, PAIR_SIZE, PAIR_SIZE_CPU } from '../contract/api.ts';
import { viewCamera } from '../contract/view.ts';

/** Draws the open scene on the page's canvas, and renders views of it to be measured. */
export interface SceneDrawer {
  readonly maxGaussians: number;
  /** Of the views of a pair. */
  readonly pairSize: Size;
  /** That maps are computed in. */
  readonly arithmetic: 'float64' | 'float32';
  resize(size: Size): void;
  /** @throws CodedError `scene-too-large`; the last one stays */
  setScene(table: GaussianTable | null): void;
  /** @param shown [n] 1 for what stays in sight; null shows all */
  setShown(shown: Uint8Array | null): void;
  /** @param isSuperseded a newer request waits: what is not yet done need not be */
  draw(request: DrawRequest, range: DepthRange, isSuperseded: () => boolean): Promise<void>;
  render(camera: SplatCamera, signal?: AbortSignal): Promise<SplatMaps>;
}

/** What of the scene is told apart by depth. */
export interface DepthRange {
  readonly center: readonly [number, number, number];
  readonly radius: number;
}

/** Relative difference of two depths at the colour map's end. */
const MOST_DIFFERENCE = 0.05;
const MOST_CONTRIBUTORS = 64;

/** What a request's picture is; depths over the scene's ball, so that nothing is read back to know their range. */
function paneOf(
  { picture, rule, against }: DrawRequest,
  camera: SplatCamera,
  { center, radius }: DepthRange,
): SplatPane {
  switch (picture) {
    case 'depth': {
      const eye = cameraCentre(camera);
      const ahead = camera.rotation.slice(6);
      const middle = center.reduce((sum, value, k) => sum + ahead[k] * (value - eye[k]), 0);
      const near = Math.max(middle - radius, 0.1 * radius);
      return { kind: 'depth', rule, near, far: Math.max(middle + radius, 1.1 * near) };
    }
    case 'difference':
      return { kind: 'difference', rules: [rule, against], most: MOST_DIFFERENCE };
    case 'contributors':
      return { kind: 'contributors', most: MOST_CONTRIBUTORS };
    default:
      return { kind: picture };
  }
}

const groundOf = ({ theme }: DrawRequest): [number, number, number] => {
  const [r, g, b] = STAGE_COLORS[theme];
  return [r, g, b];
};

/** Draws by WebGPU: nothing is read back between scene and picture. */
export class GpuDrawer implements SceneDrawer {
  readonly maxGaussians = MAX_GAUSSIANS;
  readonly pairSize = PAIR_SIZE;
  readonly arithmetic = 'float32';
  private readonly viewer: SplatViewer;
  private readonly target: CanvasTarget | null;
  private size: Size = { width: 1, height: 1 };
  private last: { request: DrawRequest; range: DepthRange } | null = null;

  constructor(
    private readonly root: Scope,
    canvas: OffscreenCanvas | null,
  ) {
    const { device } = root;
    this.target = canvas && new CanvasTarget(device, canvas);
    const format = this.target?.format ?? 'rgba8unorm';
    const onStale = () => this.last && this.paint(this.last.request, this.last.range);
    this.viewer = new SplatViewer(new SplatKernels(device), root, { format, onStale });
  }

  ready(): Promise<void> {
    return this.viewer.ready();
  }

  resize(size: Size): void {
    this.size = size;
    this.target?.resize(size);
  }

  setScene(table: GaussianTable | null): void {
    this.viewer.setScene(table);
    this.last = null;
  }

  setShown(shown: Uint8Array | null): void {
    this.viewer.setShown(shown);
  }

  async draw(request: DrawRequest, range: DepthRange): Promise<void> {
    this.last = { request, range };
    this.paint(request, range);
    // Views that come faster than the GPU draws must not queue up behind it.
    await this.root.device.queue.onSubmittedWorkDone();
  }

  render(camera: SplatCamera): Promise<SplatMaps> {
    return this.viewer.measure(camera);
  }

  private paint(request: DrawRequest, range: DepthRange): void {
    if (!this.target) return;
    const camera = viewCamera(request.view, request.lens, this.size);
    const ground = groundOf(request);
    const rect = { x: 0, y: 0, ...this.size };
    const pane = paneOf(request, camera, range);
    this.viewer.draw(camera, pane, { view: this.target.view(), rect, ground, background: ground });
  }
}

/** Longer sides of the CPU's pictures: while hands move, and at rest. */
const COARSE = 112;
const FINE = 384;

/** Draws by the CPU's rasteriser: a small picture at once, a larger one where nothing newer is asked for. */
export class PlainDrawer implements SceneDrawer {
  readonly maxGaussians = MAX_PLAIN_GAUSSIANS;
  readonly pairSize = PAIR_SIZE_CPU;
  readonly arithmetic = 'float64';
  private readonly viewer = new PlainSplatViewer();
  private readonly context: OffscreenCanvasRenderingContext2D | null = null;

  constructor(private readonly canvas: OffscreenCanvas | null) {
    if (!canvas) return;
    this.context = canvas.getContext('2d', { alpha: false });
    if (!this.context) {
      throw new CodedError('internal', 'This browser gave no 2D canvas.', 'Close other tabs and reload.');
    }
  }

  resize({ width, height }: Size): void {
    const { canvas, context } = this;
    if (!canvas || !context) return;
    // A new size empties the canvas, and the next picture may have to wait for a matcher: until then the last one stands.
    const last = new OffscreenCanvas(canvas.width, canvas.height);
    last.getContext('2d')!.drawImage(canvas, 0, 0);
    canvas.width = width;
    canvas.height = height;
    context.drawImage(last, 0, 0, width, height);
  }

  setScene(table: GaussianTable | null): void {
    this.viewer.setScene(table);
  }

  setShown(shown: Uint8Array | null): void {
    this.viewer.setShown(shown);
  }

  async draw(request: DrawRequest, range: DepthRange, isSuperseded: () => boolean): Promise<void> {
    const { canvas } = this;
    if (!canvas) return;
    const longest = Math.max(canvas.width, canvas.height);
    for (const side of [COARSE, FINE].filter((one, i) => i === 0 || one < 2 * longest)) {
      const scale = Math.min(1, side / longest);
      const size = {
        width: Math.max(1, Math.round(canvas.width * scale)),
        height: Math.max(1, Math.round(canvas.height * scale)),
      };
      // The first one always comes: else nothing would be seen while hands move.
      if (side !== COARSE && isSuperseded()) return;
      await this.paint(request, range, size, side === COARSE ? () => false : isSuperseded);
    }
  }

  render(camera: SplatCamera, signal?: AbortSignal): Promise<SplatMaps> {
    return this.viewer.measure(camera, signal);
  }

  private async paint(request: DrawRequest, range: DepthRange, size: Size, isSuperseded: () => boolean): Promise<void> {
    const { context, canvas } = this;
    if (!context || !canvas) return;
    const camera = viewCamera(request.view, request.lens, size);
    const controller = new AbortController();
    // The viewer looks at its signal between slices; so is what waits looked at.
    const watch = setInterval(() => isSuperseded() && controller.abort(), 10);
    try {
      const pane = paneOf(request, camera, range);
      const { width, height, data } = await this.viewer.draw(camera, pane, groundOf(request), controller.signal);
      const picture = new OffscreenCanvas(width, height);
      picture.getContext('2d')!.putImageData(new ImageData(data, width, height), 0, 0);
      context.imageSmoothingQuality = 'high';
      context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    } catch (thrown) {
      if (!isCancelled(thrown)) throw thrown;
    } finally {
      clearInterval(watch);
    }
  }
}
