import type { Rect } from '../../core/geometry.ts';
import type { SplatCamera } from '../../gaussians/camera.ts';
import type { SplatMaps } from '../../gaussians/raster/render.ts';
import type { GaussianTable } from '../../gaussians/table.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { shadersReady } from '../../platform/gpu/shader.ts';
import { CPU_ORDER_LIMIT, type Ground, LookKernels, PresentPass, SplatLook } from './look/gpu.ts';
import { MeasureKernels, SplatMeasure } from './measure/gpu.ts';
import { ProjectKernels, requireRoom, SplatScene } from './scene.ts';
import { ShowMapsPass } from './show/gpu.ts';
import { isColourAlone, type SplatPane } from './show/pane.ts';
import { SortKernels } from './sort/gpu.ts';

export interface ViewerOptions {
  /** Of the canvases that are drawn on. */
  readonly format: GPUTextureFormat;
  /**
   * Who sorts for looking; by default the CPU up to {@link CPU_ORDER_LIMIT} Gaussians, the GPU above.
   */
  readonly orderOn?: 'cpu' | 'gpu';
  /**
   * A measured pane was drawn without a part of the scene, for which there is room now: draw it again. Never called for
   * the colour pane.
   */
  readonly onStale?: () => void;
  /** Pairs of Gaussian and tile that a measured pane has room for at first; see {@link SplatMeasure}. */
  readonly firstPairs?: number;
}

/** Where on a canvas, and on what ground. */
export interface DrawTarget extends Ground {
  readonly view: GPUTextureView;
  /** Where the picture lies, pixels of the canvas; the rest is ground. */
  readonly rect: Rect;
}

/** All pipelines of a scene, made once a device and shared by its viewers. */
export class SplatKernels {
  readonly project: ProjectKernels;
  readonly sort: SortKernels;
  readonly look: LookKernels;
  readonly measure: MeasureKernels;

  constructor(readonly device: GPUDevice) {
    this.project = new ProjectKernels(device);
    this.sort = new SortKernels(device);
    this.look = new LookKernels(device);
    this.measure = new MeasureKernels(device);
  }
}

interface OpenScene {
  readonly scope: Scope;
  readonly scene: SplatScene;
  readonly look: SplatLook;
  /** Made when the first pane needs it: it takes as much memory again. */
  measure: SplatMeasure | null;
}

/**
 * A scene of Gaussians on a GPU: colour by the fast path, every other pane by the tile rasteriser; no readback between
 * scene and picture. Belongs into a worker: opening a scene and the CPU's sort take their time. On a software adapter
 * plain-viewer.ts is far quicker.
 */
export class SplatViewer {
  private readonly scope: Scope;
  private readonly present: PresentPass;
  private readonly show: ShowMapsPass;
  private open: OpenScene | null = null;

  constructor(
    private readonly kernels: SplatKernels,
    parent: Scope,
    private readonly options: ViewerOptions,
  ) {
    this.scope = parent.child('splat-viewer');
    const { device } = kernels;
    this.present = new PresentPass(device, this.scope, options.format);
    this.show = new ShowMapsPass(device, this.scope, options.format);
  }

  /** Resolves when the pipelines are known to be good. @throws CodedError `shader-invalid` */
  ready(): Promise<void> {
    return shadersReady(this.kernels.device);
  }

  /** Bytes that the viewer holds on the GPU. */
  get bytes(): number {
    return this.scope.bytes;
  }

  /**
   * Takes a scene to the GPU in place of the last one, which stays where the new one is refused.
   * @throws CodedError `scene-too-large`
   */
  setScene(table: GaussianTable | null): void {
    if (table) requireRoom(this.kernels.device.limits, table);
    this.open?.scope.destroy();
    this.open = null;
    if (!table) return;
    const scope = this.scope.child('scene');
    const { project, sort, look: looking } = this.kernels;
    const scene = new SplatScene(project, scope, table);
    const orderOn = this.options.orderOn ?? (table.count > CPU_ORDER_LIMIT ? 'gpu' : 'cpu');
    const look = new SplatLook(looking, sort, scene, table, orderOn);
    this.open = { scope, scene, look, measure: null };
  }

  /** Shows a part of the scene; null shows all again. @param shown [n] 1 for what stays in sight, as floaterMask gives it */
  setShown(shown: Uint8Array | null): void {
    if (!this.open) return;
    this.open.scene.uploadCentres(shown);
    this.open.measure?.forget();
  }

  /**
   * Draws and submits one pane of one view; the picture is computed at the camera's size and scaled to the target's
   * rectangle. Several panes, also of several cameras, may be drawn one after the other.
   */
  draw(camera: SplatCamera, pane: SplatPane, { view, rect, background, ground }: DrawTarget): void {
    const { open } = this;
    const { device } = this.kernels;
    const encoder = device.createCommandEncoder({ label: 'splat-viewer' });
    if (!open) {
      const [r, g, b] = ground;
      const clear = { view, clearValue: { r, g, b, a: 1 }, loadOp: 'clear', storeOp: 'store' } as const;
      encoder.beginRenderPass({ label: 'splat-viewer', colorAttachments: [clear] }).end();
      device.queue.submit([encoder.finish()]);
      return;
    }
    if (isColourAlone(pane)) {
      open.scene.setView(camera);
      const picture = open.look.record(encoder, camera);
      this.present.record(encoder, view, picture, rect, { background, ground });
      device.queue.submit([encoder.finish()]);
      return;
    }
    const measure = this.measureOf(open);
    // Nothing is measured again for another pane or another rule of depth.
    const known = measure.recorded(camera);
    if (!known) open.scene.setView(camera);
    const maps = known ?? measure.record(encoder, camera);
    this.show.record(encoder, view, maps, pane, rect, { background, ground });
    device.queue.submit([encoder.finish()]);
    if (known) return;
    // A scene that was closed meanwhile has nothing to tell.
    measure.outgrown().then(
      (isStale) => {
        if (isStale && this.open === open) this.options.onStale?.();
      },
      () => {},
    );
  }

  /** Renders a view with all its maps and reads them: for labels and files. @throws CodedError `view-too-dense` */
  measure(camera: SplatCamera): Promise<SplatMaps> {
    if (!this.open) throw new Error('No scene is open.');
    return this.measureOf(this.open).measure(camera);
  }

  destroy(): void {
    this.open = null;
    this.scope.destroy();
  }

  private measureOf(open: OpenScene): SplatMeasure {
    open.measure ??= new SplatMeasure(this.kernels.measure, this.kernels.sort, open.scene, this.options.firstPairs);
    return open.measure;
  }
}
