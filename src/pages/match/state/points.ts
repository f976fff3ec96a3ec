import { createStore, type StoreApi } from 'zustand/vanilla';
import { CodedError, isCancelled, type PlainError, toPlainError } from '../../../core/errors.ts';
import type { ExportedFile } from '../../../core/exported-file.ts';
import type { Side } from '../../../core/geometry.ts';
import {
  defaultKeypointDistance,
  type KeypointOptions,
  MAX_POINTS_BYTES,
  type PixelCentreChoice,
  type PointExport,
  type PointSource,
} from '../../../core/points.ts';
import type { EngineLink } from './engine-link.ts';
import type { MatchStore } from './store.ts';

/** A list as typed, pasted or read from a file. */
export interface PointText {
  /** Of the file; empty where it was typed or pasted. */
  name: string;
  text: string;
}

export interface PointsState {
  /** Points of one photo, or two sets of keypoints. */
  mode: 'points' | 'keypoints';
  /** The photo that the points of `mode: 'points'` lie on. */
  side: Side;
  lists: Record<Side, PointText>;
  centre: PixelCentreChoice;
  /** `maxDistance` null: as RoMa, by B's size. */
  options: Omit<KeypointOptions, 'maxDistance'> & { maxDistance: number | null };
  isBusy: boolean;
  answer: PointExport | null;
  error: PlainError | null;
}

const EMPTY: PointText = { name: '', text: '' };

/** Lists of points whose places in the other photo the engine is asked for. Its answers follow the match shown. */
export class PointMatching {
  readonly store: StoreApi<PointsState> = createStore(() => ({
    mode: 'points',
    side: 'a',
    lists: { a: EMPTY, b: EMPTY },
    centre: 'auto',
    options: { maxDistance: null, minCertainty: 0.05, check: 'both' },
    isBusy: false,
    answer: null,
    error: null,
  }));
  private runs = 0;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly workspace: MatchStore,
    private readonly link: EngineLink,
  ) {
    this.unsubscribe = workspace.subscribe((now, before) => {
      if (now.result === before.result || !this.store.getState().answer) return;
      // What was answered is no longer true of what is shown.
      this.store.setState({ answer: null });
      if (now.result) void this.run();
    });
  }

  /** Changes what is asked; the old answer goes. */
  change(patch: Partial<Pick<PointsState, 'mode' | 'side' | 'centre' | 'options'>>): void {
    this.store.setState({ ...patch, answer: null, error: null });
  }

  setText(side: Side, text: string, name = ''): void {
    this.store.setState(({ lists }) => ({ lists: { ...lists, [side]: { name, text } }, answer: null, error: null }));
  }

  /** Takes a dropped or chosen file as the list of this photo. */
  async readFile(side: Side, file: File): Promise<void> {
    try {
      if (file.size > MAX_POINTS_BYTES) {
        throw new CodedError(
          'points-too-large',
          `“${file.name}” has ${Math.round(file.size / 2 ** 20)} MiB.`,
          `Lists may have ${MAX_POINTS_BYTES / 2 ** 20} MiB: split it.`,
        );
      }
      this.setText(side, await file.text(), file.name);
    } catch (thrown) {
      this.store.setState({ answer: null, error: toPlainError(thrown) });
    }
  }

  /** The pins on a photo become its list. */
  takePins(side: Side): void {
    const pins = this.workspace.getState().pins.filter((pin) => pin.side === side);
    const lines = pins.map(({ x, y }, i) => `${x.toFixed(2)},${y.toFixed(2)},pin ${i + 1}`);
    this.setText(side, `x,y,label\n${lines.join('\n')}\n`);
  }

  /** Asks the engine. Failures stay in the state, beside the lists that caused them. */
  async run(): Promise<void> {
    const run = ++this.runs;
    this.store.setState({ isBusy: true, error: null });
    try {
      const answer = await this.ask();
      if (run === this.runs) this.store.setState({ answer });
    } catch (thrown) {
      if (run === this.runs && !isCancelled(thrown)) this.store.setState({ answer: null, error: toPlainError(thrown) });
    } finally {
      if (run === this.runs) this.store.setState({ isBusy: false });
    }
  }

  /** The present answer as a file. Rejects with a CodedError. */
  async export(format: 'csv' | 'json'): Promise<ExportedFile> {
    const { answer, centre } = this.store.getState();
    if (!answer) throw new CodedError('points-nothing', 'There is no answer to save.', 'Match the points first.');
    const { photos } = this.workspace.getState();
    const names = { a: photos.a.photo?.name ?? 'a', b: photos.b.photo?.name ?? 'b' };
    return this.link.call('exportPoints', { ...answer, format, names, firstPixel: centre === 'integer' ? 0 : 0.5 });
  }

  /** The distance that keypoints are paired within where none is set, pixels of B. */
  get defaultDistance(): number {
    const size = this.workspace.getState().photos.b.photo?.info.size;
    return defaultKeypointDistance(size ? Math.max(size.width, size.height) : 640);
  }

  dispose(): void {
    this.unsubscribe();
    this.runs++;
  }

  private async ask(): Promise<PointExport> {
    const { mode, side, options } = this.store.getState();
    if (mode === 'points') {
      return { kind: 'points', table: await this.link.call('matchPoints', { side, source: this.source(side) }) };
    }
    const wanted = { ...options, maxDistance: options.maxDistance ?? this.defaultDistance };
    const request = { a: this.source('a'), b: this.source('b'), options: wanted };
    return { kind: 'keypoints', table: await this.link.call('matchKeypoints', request) };
  }

  private source(side: Side): PointSource {
    const { lists, centre } = this.store.getState();
    const { name, text } = lists[side];
    return { name: name || `points in ${side.toUpperCase()}`, text, centre };
  }
}
