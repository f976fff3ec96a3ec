import type { CallOptions } from '../../client/worker-client.ts';
import type { CompareProgress, EncoderInfo, Encoding, PairScore, ScoredPair } from '../../shared/compare.ts';
import { RECALL_THRESHOLDS } from '../../shared/compare.ts';
import type { Sample } from '../types.ts';
import type { Workspace } from '../workspace.ts';
import type { CompareStore } from './compare.ts';
import type { ScoreRow } from './types.ts';

type AskScore = (
  method: 'score',
  argument: Encoding & { pair: ScoredPair },
  options?: CallOptions<CompareProgress>,
) => Promise<PairScore>;

/** Bounds of the viewpoint bins in degrees, as 3DPoV reports them. */
export const VIEWPOINT_BINS = [0, 15, 30, 60, 180] as const;

/** Recall of the chosen encoders on the sample pairs whose true warp is known. */
export class Scoring {
  private running: AbortController | null = null;

  constructor(
    private readonly store: CompareStore,
    private readonly workspace: Workspace,
    private readonly ask: AskScore,
  ) {}

  /** Pairs that can be scored. */
  get samples(): (Sample & { truth: string })[] {
    return this.workspace.store
      .getState()
      .samples.filter((sample): sample is Sample & { truth: string } => sample.truth !== null);
  }

  /** Scores every encoder on every pair, one after the other; rows appear as they are done. */
  async run(encoders: readonly EncoderInfo[]): Promise<void> {
    this.stop();
    const controller = new AbortController();
    this.running = controller;
    const { longSide } = this.store.getState().settings;
    const jobs = this.samples.flatMap((sample) => encoders.map((encoder) => ({ sample, encoder })));
    this.store.setState({ scores: [], scoring: { done: 0, total: jobs.length } });
    try {
      for (const [done, { sample, encoder }] of jobs.entries()) {
        const pair = { a: sample.a, b: sample.b, truth: sample.truth };
        const score = await this.ask('score', { encoder, longSide, pair }, { signal: controller.signal });
        const row: ScoreRow = { sample: sample.title, encoder: encoder.name, longSide, ...score };
        this.store.setState(({ scores }) => ({
          scores: [...scores, row],
          scoring: { done: done + 1, total: jobs.length },
        }));
      }
    } catch (thrown) {
      this.workspace.notices.report(thrown);
    } finally {
      if (this.running === controller) this.stop();
    }
  }

  stop(): void {
    this.running?.abort();
    this.running = null;
    if (this.store.getState().scoring) this.store.setState({ scoring: null });
  }
}

/** Mean recall of one encoder over rows, weighted by their places; NaN for none. */
export function meanRecall(rows: readonly ScoreRow[]): number[] {
  const places = rows.reduce((sum, row) => sum + row.places, 0);
  return RECALL_THRESHOLDS.map(
    (_, t) => rows.reduce((sum, row) => sum + (row.places ? row.recall[t] * row.places : 0), 0) / places,
  );
}

/** Rows whose viewpoint lies in a bin of {@link VIEWPOINT_BINS} (its upper bound belongs to the next). */
export const rowsInBin = (rows: readonly ScoreRow[], bin: number): ScoreRow[] =>
  rows.filter(
    ({ viewpoint }) => viewpoint !== null && viewpoint >= VIEWPOINT_BINS[bin] && viewpoint < VIEWPOINT_BINS[bin + 1],
  );

/** The scores as a table for spreadsheets (RFC 4180). */
export function scoresCsv(rows: readonly ScoreRow[]): string {
  const head = [
    'sample',
    'encoder',
    'size_px',
    'viewpoint_deg',
    'places',
    ...RECALL_THRESHOLDS.map((t) => `recall_at_${100 * t}_percent`),
  ];
  const lines = rows.map(({ sample, encoder, longSide, viewpoint, places, recall }) =>
    [
      sample,
      encoder,
      longSide,
      viewpoint?.toFixed(1) ?? '',
      places,
      ...recall.map((share) => (Number.isNaN(share) ? '' : share.toFixed(4))),
    ]
      .map(cell)
      .join(','),
  );
  return [head.join(','), ...lines, ''].join('\r\n');
}

function cell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
