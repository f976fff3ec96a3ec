import { WorkerLink } from '../../../../platform/worker/worker-link.ts';
import type { ArchiveApi } from '../../contract/archive.ts';
import { ARCHIVE, type ArchiveWorkerLike } from '../../link/archive.ts';
import type { EngineWorkerLike } from '../../link/engine.ts';
import { createStore, type StoreApi } from 'zustand/vanilla';

import type { ArchiveHandle } from '../../contract/archive.ts';
import { CodedError, isCancelled, throwIfAborted, toPlainError } from '../../../../core/errors.ts';
import type { ExportName } from '../../../../exports/index.ts';
import { chosenModel } from '../../../../workspace/models.ts';
import { isWorkerDeath } from '../../../../platform/worker/worker-client.ts';
import type { KnownGpu } from '../../../../workspace/known-gpu.ts';
import type { MatchStore } from '../store.ts';
import { BatchEngine } from './batch-engine.ts';
import { type BatchFile, type FilePair, type Pairing, pairUp, readPairList, sortFiles } from './pairing.ts';
import { summaryCsv } from './summary.ts';
import type { BatchPair, BatchState } from './types.ts';

export interface BatchOptions {
  /** Makes the batch's own engine: the pair on the page is not disturbed. */
  spawnEngine: () => EngineWorkerLike;
  spawnArchive: () => ArchiveWorkerLike;
  /** A canvas that nobody sees, for figures and for sampling; null where there is none. */
  makeCanvas: () => OffscreenCanvas | null;
  gpu: KnownGpu;
}

type Archive = WorkerLink<ArchiveApi>;

/** An engine that dies with every pair will not be mended by another one. */
const MAX_DEATHS_IN_A_ROW = 3;
const MAX_STEM = 40;

/**
 * Many pairs, one after the other, in a worker of their own; their files go into one ZIP archive as they are made. A
 * pair that fails is told in the list and the summary, and the next one runs.
 */
export class Batch {
  readonly store: StoreApi<BatchState> = createStore(() => ({
    photos: [],
    calibrations: [],
    pairing: 'next',
    list: '',
    formats: ['csv', 'figure'],
    pairs: [],
    status: 'idle',
    progress: null,
    error: null,
  }));
  private running: AbortController | null = null;
  private isStopping = false;
  /** Resolves when a paused run may go on. */
  private gate: { promise: Promise<void>; open: () => void } | null = null;

  constructor(
    private readonly workspace: MatchStore,
    private readonly options: BatchOptions,
  ) {}

  /** Takes photos, and a list of pairs and calibrations if there are any among the files. Ignored while a batch runs. */
  async choose(files: readonly BatchFile[]): Promise<void> {
    if (this.running) return;
    const { photos, list, calibrations } = sortFiles(files);
    try {
      if (photos.length === 0 && !list && calibrations.length === 0) {
        throw new CodedError(
          'batch-no-photos',
          'None of these files is a photo.',
          'Choose JPEG, PNG, WebP or AVIF files.',
        );
      }
      const text = list && (await list.file.text());
      // A list or calibrations alone belong to the photos that were chosen before.
      if (photos.length > 0) this.store.setState({ photos, calibrations });
      else if (calibrations.length > 0) this.store.setState({ calibrations });
      this.store.setState(text === null ? {} : { list: text, pairing: 'list' });
      this.pair();
    } catch (thrown) {
      this.store.setState({ error: toPlainError(thrown) });
    }
  }

  /** Changes how photos are paired, or the list. */
  arrange(patch: { pairing?: Pairing; list?: string }): void {
    if (this.running) return;
    this.store.setState(patch);
    this.pair();
  }

  toggle(format: ExportName): void {
    if (this.running) return;
    this.store.setState(({ formats }) => ({
      formats: formats.includes(format) ? formats.filter((one) => one !== format) : [...formats, format],
    }));
  }

  /**
   * Runs all pairs and ends the archive.
   * @param handle where the archive goes; null: into the Blob that is returned
   * @returns the archive, or null where it went into the file, or was cancelled
   */
  async run(handle: ArchiveHandle | null): Promise<Blob | null> {
    if (this.running || this.store.getState().pairs.length === 0) return null;
    const controller = new AbortController();
    this.running = controller;
    this.isStopping = false;
    this.store.setState(({ pairs }) => ({ pairs: pairs.map(fresh), status: 'running', error: null }));
    let archiveDeath: CodedError | null = null;
    const archive: Archive = new WorkerLink({
      kind: ARCHIVE,
      spawn: this.options.spawnArchive,
      onEnd: (error) => {
        archiveDeath = error;
        controller.abort();
      },
    });
    const engine = new BatchEngine(this.workspace, this.options);
    try {
      await archive.call('open', { handle });
      await this.runPairs(engine, archive, controller.signal);
      engine.end();
      this.store.setState({ status: 'saving' });
      const summary = new Blob([summaryCsv(this.store.getState().pairs)], { type: 'text/csv' });
      await archive.call('add', { name: 'summary.csv', blob: summary });
      const blob = await archive.call('finish', {});
      this.store.setState({ status: 'finished' });
      return blob;
    } catch (thrown) {
      if (!archiveDeath) await archive.call('discard', {}).catch(() => undefined);
      const error = archiveDeath ?? (isCancelled(thrown) ? null : toPlainError(thrown));
      this.store.setState(({ pairs }) => ({ status: 'idle', error, pairs: pairs.map(undone) }));
      return null;
    } finally {
      engine.end();
      archive.dispose();
      this.running = null;
      this.gate = null;
      this.store.setState({ progress: null });
    }
  }

  /** Stops after the pair that runs, until {@link resume}. */
  pause(): void {
    if (this.store.getState().status !== 'running') return;
    let open = () => {};
    const promise = new Promise<void>((resolve) => (open = resolve));
    this.gate = { promise, open };
    this.store.setState({ status: 'pausing' });
  }

  resume(): void {
    if (!this.gate) return;
    this.gate.open();
    this.gate = null;
    this.store.setState({ status: 'running' });
  }

  /** Ends after the pair that runs, and keeps what there is. */
  stop(): void {
    this.isStopping = true;
    this.resume();
  }

  /** Gives everything up: there will be no archive. */
  cancel(): void {
    this.running?.abort();
    this.resume();
  }

  private async runPairs(engine: BatchEngine, archive: Archive, signal: AbortSignal): Promise<void> {
    let deaths = 0;
    for (const [index, pair] of this.store.getState().pairs.entries()) {
      throwIfAborted(signal);
      if (this.gate) {
        this.store.setState({ status: 'paused' });
        await this.gate.promise;
        throwIfAborted(signal);
      }
      if (this.isStopping) return;
      const start = performance.now();
      this.update(index, { state: 'running' });
      try {
        await this.runPair(index, pair, engine, archive, signal);
        this.update(index, { state: 'done', seconds: (performance.now() - start) / 1000 });
        deaths = 0;
      } catch (thrown) {
        throwIfAborted(signal);
        this.update(index, { state: 'failed', error: toPlainError(thrown) });
        if (isArchiveFailure(thrown)) throw thrown;
        if (isWorkerDeath(thrown)) deaths++;
        if (deaths >= MAX_DEATHS_IN_A_ROW) throw thrown;
      }
    }
  }

  private async runPair(
    index: number,
    { a, b, folder }: BatchPair,
    engine: BatchEngine,
    archive: Archive,
    signal: AbortSignal,
  ): Promise<void> {
    const model = chosenModel(this.workspace.getState());
    if (!model) throw new CodedError('batch-no-model', 'There is no model.', 'Choose one in the settings.');
    const { calibrations } = this.store.getState();
    const { result, remarks: told } = await engine.match({ a, b }, calibrations, model, {
      signal,
      onProgress: (progress) => this.store.setState({ progress }),
    });
    this.update(index, { result, remarks: told });
    for (const format of this.store.getState().formats) {
      try {
        const { name, blob } = await engine.export(format, { a, b }, signal);
        await archive.call('add', { name: `${folder}/${name}`, blob }, { signal });
      } catch (thrown) {
        if (isCancelled(thrown) || isWorkerDeath(thrown) || isArchiveFailure(thrown)) throw thrown;
        // One format that this pair cannot have: the others are still made.
        const { remarks } = this.store.getState().pairs[index];
        this.update(index, { remarks: [...remarks, `${format}: ${toPlainError(thrown).message}`] });
      }
    }
  }

  private pair(): void {
    const { photos, pairing, list } = this.store.getState();
    try {
      const made = pairing === 'list' ? readPairList(list, photos) : pairUp(photos, pairing);
      this.store.setState({ pairs: made.map(newPair), status: 'idle', error: null });
    } catch (thrown) {
      this.store.setState({ pairs: [], status: 'idle', error: toPlainError(thrown) });
    }
  }

  private update(index: number, patch: Partial<BatchPair>): void {
    this.store.setState(({ pairs }) => ({
      pairs: pairs.map((pair, i) => (i === index ? { ...pair, ...patch } : pair)),
    }));
  }
}

function newPair([a, b]: FilePair, index: number): BatchPair {
  const number = String(index + 1).padStart(4, '0');
  return fresh({ a, b, folder: `${number}-${stem(a)}-${stem(b)}` } as BatchPair);
}

const fresh = (pair: BatchPair): BatchPair => ({
  ...pair,
  state: 'waiting',
  result: null,
  seconds: null,
  error: null,
  remarks: [],
});

const undone = (pair: BatchPair): BatchPair => (pair.state === 'running' ? { ...pair, state: 'waiting' } : pair);

/** A file's name as a part of a folder's that every system takes. */
function stem({ file }: BatchFile): string {
  const plain = file.name.replace(/\.[^.]{1,5}$/, '').replace(/[^\p{L}\p{N}_]+/gu, '-');
  return plain.replace(/^-+|-+$/g, '').slice(0, MAX_STEM) || 'photo';
}

/** The disk is full, or the file's permission was taken back: every further pair would fail alike. */
const isArchiveFailure = (thrown: unknown) => toPlainError(thrown).code.startsWith('archive');
