import type { EncoderInfo, ScoredPair } from '../contract.ts';
import type { Compare } from './compare.ts';
import type { ScoreRow } from './types.ts';

/** A pair to score, and what the person calls it. */
export interface TitledPair {
  title: string;
  pair: ScoredPair;
}

/** Recall of encoders on pairs whose true correspondence is known. */
export class Scoring {
  private running: AbortController | null = null;

  constructor(private readonly compare: Compare) {}

  /** The sample pairs that can be scored. */
  samplePairs(): TitledPair[] {
    return this.compare.workspace.store.getState().samples.flatMap(({ title, a, b, truth }) => {
      return truth ? [{ title, pair: { a, b, truth: [{ name: 'truth.npz', file: truth }] } }] : [];
    });
  }

  ownPairs(): TitledPair[] {
    return this.compare.store.getState().ownPairs;
  }

  /** Scores the chosen encoders on every pair, one after the other; each row appears, or is replaced, when it is done. */
  async run(pairs: readonly TitledPair[]): Promise<void> {
    this.stop();
    const controller = new AbortController();
    this.running = controller;
    const { store, link, workspace } = this.compare;
    const { longSide } = store.getState().settings;
    const jobs = pairs.flatMap(({ title, pair }) => {
      return this.compare.chosen().map((encoder: EncoderInfo) => ({ title, pair, encoder }));
    });
    store.setState({ scoring: { done: 0, total: jobs.length } });
    try {
      for (const [done, { title, pair, encoder }] of jobs.entries()) {
        const score = await link.call('score', { encoder, longSide, pair }, { signal: controller.signal });
        const row: ScoreRow = { pair: title, encoder: encoder.name, longSide, ...score };
        store.setState(({ scores }) => ({
          scores: [...scores.filter((known) => !isSameQuestion(known, row)), row],
          scoring: { done: done + 1, total: jobs.length },
        }));
      }
    } catch (thrown) {
      workspace.notices.report(thrown);
    } finally {
      if (this.running === controller) this.stop();
    }
  }

  stop(): void {
    this.running?.abort();
    this.running = null;
    if (this.compare.store.getState().scoring) this.compare.store.setState({ scoring: null });
  }

  clear(): void {
    this.compare.store.setState({ scores: [] });
  }
}

const isSameQuestion = (a: ScoreRow, b: ScoreRow): boolean =>
  a.pair === b.pair && a.encoder === b.encoder && a.longSide === b.longSide;
