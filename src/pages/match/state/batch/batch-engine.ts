import type { EngineWorkerLike } from '../../link/engine-client.ts';
import { EngineClient } from '../../link/engine-client.ts';
import type { CallOptions } from '../../link/engine-client.ts';

import type { ExportFormat } from '../../contract/exports.ts';
import type { ExportedFile } from '../../../../core/exported-file.ts';
import type { Side } from '../../../../core/geometry.ts';
import type { MatchResult } from '../../../../core/match.ts';
import { DEFAULT_CAMERA } from '../../../../core/zoom.ts';
import { DEFAULT_EXPORT } from '../sharing/exporting.ts';
import type { MatchStore } from '../store.ts';
import type { ModelEntry } from '../../../../workspace/types.ts';
import { formatAddress } from '../address/url.ts';
import type { BatchFile } from './pairing.ts';

interface BatchEngineOptions {
  spawnEngine: () => EngineWorkerLike;
  makeCanvas: () => OffscreenCanvas | null;
}

/** The picture that figures are made of, CSS pixels. */
const STAGE = { stage: { width: 960, height: 540 }, pixelRatio: 1 };

/** A second engine: started when it is first needed, and again after it died. */
export class BatchEngine {
  private client: EngineClient | null = null;
  /** What lies open in it: a photo of the pair before is not opened again, and its features are known. */
  private open: Partial<Record<Side, BatchFile>> = {};

  constructor(
    private readonly workspace: MatchStore,
    private readonly options: BatchEngineOptions,
  ) {}

  get isAlive(): boolean {
    return this.client !== null;
  }

  /** Opens both photos and matches them with the page's settings. */
  async match(pair: Record<Side, BatchFile>, model: ModelEntry, options: CallOptions): Promise<MatchResult> {
    const client = this.client ?? (await this.start());
    const { longSide, rescue } = this.workspace.getState().settings;
    try {
      for (const side of ['a', 'b'] as const) {
        const { file } = pair[side];
        if (this.open[side]?.file === file) continue;
        delete this.open[side];
        await client.call('setPhoto', { side, file, name: file.name }, options);
        this.open[side] = pair[side];
      }
      const source = { id: model.id, manifestUrl: model.manifestUrl };
      return await client.call('match', { model: source, longSide, rescue }, options);
    } catch (thrown) {
      // Whatever the engine holds now, the next pair opens its own.
      this.open = {};
      throw thrown;
    }
  }

  /** The pair matched last as one of the formats, as the page's view and filters say. */
  async export(format: ExportFormat, { a, b }: Record<Side, BatchFile>, signal: AbortSignal): Promise<ExportedFile> {
    const client = this.client ?? (await this.start());
    const { settings } = this.workspace.getState();
    const view = this.view();
    const request = {
      ...DEFAULT_EXPORT,
      format,
      photos: { a: { name: a.file.name, file: a.file }, b: { name: b.file.name, file: b.file } },
      query: formatAddress({ view, settings, pins: [], sample: null, photos: { a: null, b: null } }),
      view,
    };
    return client.call('exportMatch', request, { signal });
  }

  /** Ends the worker and gives its memory back. Idempotent. */
  end(): void {
    this.client?.dispose();
    this.client = null;
    this.open = {};
  }

  private async start(): Promise<EngineClient> {
    const client: EngineClient = new EngineClient(this.options.spawnEngine(), {
      onDeath: () => this.forget(client),
      onDeviceLost: () => {
        client.dispose();
        this.forget(client);
      },
    });
    this.client = client;
    this.open = {};
    try {
      const canvas = this.options.makeCanvas();
      await client.call('start', { canvas, provider: this.workspace.getState().settings.provider });
      await client.call('resize', STAGE);
      await client.call('view', { settings: this.view(), theme: 'light' });
      return client;
    } catch (thrown) {
      client.dispose();
      this.forget(client);
      throw thrown;
    }
  }

  /** The page's view, on the whole of both photos. */
  private view() {
    return { ...this.workspace.getState().view, camera: DEFAULT_CAMERA };
  }

  private forget(client: EngineClient): void {
    if (this.client === client) this.client = null;
  }
}
