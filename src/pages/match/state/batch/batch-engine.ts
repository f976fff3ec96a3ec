import { overLosses } from '../../../../platform/worker/over-losses.ts';
import { WorkerLink } from '../../../../platform/worker/worker-link.ts';
import type { EngineApi } from '../../contract/protocol.ts';
import type { KnownGpu } from '../../../../workspace/known-gpu.ts';
import { BATCH_ENGINE, type CallOptions, type EngineWorkerLike } from '../../link/engine.ts';
import type { ExportName } from '../../../../exports/index.ts';
import type { ExportedFile } from '../../../../core/exported-file.ts';
import type { Side } from '../../../../core/geometry.ts';
import { isGpuWrong, type MatchResult, type Progress } from '../../../../core/match.ts';
import { DEFAULT_CAMERA } from '../../../../core/viewer/zoom.ts';
import { exportOptions } from '../../params/export.ts';
import type { MatchStore } from '../store.ts';
import type { ModelEntry } from '../../../../workspace/types.ts';
import { formatAddress } from '../address/url.ts';
import type { BatchFile } from './pairing.ts';

interface BatchEngineOptions {
  spawnEngine: () => EngineWorkerLike;
  makeCanvas: () => OffscreenCanvas | null;
  /** Known of the page's engine and added to. */
  gpu: KnownGpu;
}

/** The picture that figures are made of, CSS pixels. */
const STAGE = { stage: { width: 960, height: 540 }, pixelRatio: 1 };

/** A second engine: started when it is first needed, and again after it died. */
export class BatchEngine {
  private readonly link: WorkerLink<EngineApi, Progress>;
  /** What lies open in it: a photo of the pair before is not opened again, and its features are known. */
  private open: Partial<Record<Side, BatchFile>> = {};
  /** Measured cameras of the pair matched last. */
  private cameras: Record<Side, string | null> = { a: null, b: null };

  constructor(
    private readonly workspace: MatchStore,
    private readonly options: BatchEngineOptions,
  ) {
    this.link = new WorkerLink<EngineApi, Progress>({
      kind: BATCH_ENGINE,
      spawn: options.spawnEngine,
      prepare: async (call) => {
        await call('start', {
          canvas: options.makeCanvas(),
          provider: workspace.getState().settings.provider,
          ...options.gpu.told(),
        });
        await call('resize', STAGE);
        await call('view', { settings: this.view(), theme: 'light' });
      },
      absolve: (death) => options.gpu.losses.hear(death),
      onEnd: () => (this.open = {}),
    });
  }

  get isAlive(): boolean {
    return this.link.isRunning;
  }

  /** Opens both photos, finds their cameras among the calibrations, and matches them with the page's settings. */
  async match(
    pair: Record<Side, BatchFile>,
    calibrations: readonly File[],
    model: ModelEntry,
    options: CallOptions,
  ): Promise<{ result: MatchResult; remarks: string[] }> {
    const watched: CallOptions = {
      ...options,
      onProgress: (progress) => {
        if (progress.check) this.options.gpu.checks.remember(progress.check);
        options.onProgress?.(progress);
      },
    };
    try {
      return await overLosses(() => this.matchOnce(pair, calibrations, model, watched));
    } catch (thrown) {
      if (!isGpuWrong(thrown)) throw thrown;
      // A fresh engine knows of the check and runs the model on the CPU.
      this.link.end();
      return this.matchOnce(pair, calibrations, model, watched);
    }
  }

  private async matchOnce(
    pair: Record<Side, BatchFile>,
    calibrations: readonly File[],
    model: ModelEntry,
    options: CallOptions,
  ): Promise<{ result: MatchResult; remarks: string[] }> {
    const engine = await this.link.connect();
    const { longSide, rescue } = this.workspace.getState().settings;
    try {
      for (const side of ['a', 'b'] as const) {
        const { file, mask } = pair[side];
        if (this.open[side]?.file === file) continue;
        delete this.open[side];
        await engine.call('setPhoto', { side, file, name: file.name }, options);
        if (mask) {
          const read = await engine.call('openMask', { side, file: mask, name: mask.name }, options);
          await engine.call('setMask', { side, mask: read }, options);
        }
        this.open[side] = pair[side];
      }
      const remarks: string[] = [];
      this.cameras = { a: null, b: null };
      if (calibrations.length > 0) {
        const { cameras, refused } = await engine.call('camerasByName', { files: [...calibrations] }, options);
        this.cameras = cameras;
        remarks.push(...refused.map(({ error }) => error.message));
      }
      const source = { id: model.id, manifestUrl: model.manifestUrl };
      const result = await engine.call('match', { model: source, longSide, rescue }, options);
      this.options.gpu.losses.confirm();
      return { result, remarks };
    } catch (thrown) {
      // Whatever the engine holds now, the next pair opens its own.
      this.open = {};
      throw thrown;
    }
  }

  /** The pair matched last as one of the formats, as the page's view and filters say. */
  async export(format: ExportName, { a, b }: Record<Side, BatchFile>, signal: AbortSignal): Promise<ExportedFile> {
    const { settings, exports } = this.workspace.getState();
    const view = this.view();
    const request = {
      ...exportOptions(exports),
      format,
      photos: { a: { name: a.file.name, file: a.file }, b: { name: b.file.name, file: b.file } },
      query: formatAddress({ view, settings, pins: [], sample: null, photos: { a: null, b: null } }),
      view,
      cameras: this.cameras,
    };
    return this.link.call('exportMatch', request, { signal });
  }

  /** Ends the worker and gives its memory back. Idempotent. */
  end(): void {
    this.link.end();
  }

  /** The page's view, on the whole of both photos. */
  private view() {
    return { ...this.workspace.getState().view, camera: DEFAULT_CAMERA };
  }
}
