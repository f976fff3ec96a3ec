import type { EncoderInfo, ScoredPair, ScoreProtocol } from '../contract.ts';
import type { CompareContext } from './context.ts';
import { PROTOCOL_TABLES } from './protocols.ts';
import type { OwnPair, ScoreRow } from './types.ts';

/** What it needs of the comparison. */
interface ScoringContext extends CompareContext {
  /** The chosen encoders that are there. */
  chosen(): EncoderInfo[];
}

/** A pair to score, and what the person calls it. */
export interface TitledPair {
  title: string;
  pair: ScoredPair;
}

/** Recall of encoders on pairs whose true correspondence is known. */
export class Scoring {
  private running: AbortController | null = null;

  constructor(private readonly compare: ScoringContext) {}

  /** The sample pairs that can be scored. */
  samplePairs(): TitledPair[] {
    return this.compare.workspace.store.getState().samples.flatMap(({ title, a, b, truth }) => {
      return truth ? [{ title, pair: { a, b, truth: [{ name: 'truth.npz', file: truth }] } }] : [];
    });
  }

  /** The person's own pairs that the chosen protocol can score. */
  ownPairs(): TitledPair[] {
    const { ownPairs, settings } = this.compare.store.getState();
    return scorable(ownPairs, settings.protocol);
  }

  /** Scores the chosen encoders on every pair, one after the other; each row appears, or is replaced, when it is done. */
  async run(pairs: readonly TitledPair[]): Promise<void> {
    this.stop();
    const controller = new AbortController();
    this.running = controller;
    const { store, link, workspace } = this.compare;
    const { longSide, protocol } = store.getState().settings;
    const jobs = pairs.flatMap(({ title, pair }) => {
      return this.compare.chosen().map((encoder: EncoderInfo) => ({ title, pair, encoder }));
    });
    store.setState({ scoring: { done: 0, total: jobs.length } });
    try {
      for (const [done, { title, pair, encoder }] of jobs.entries()) {
        const score = await link.call('score', { encoder, longSide, pair, protocol }, { signal: controller.signal });
        const size = PROBE_SIZES[protocol] ?? longSide;
        const row: ScoreRow = { protocol, pair: title, encoder: encoder.name, longSide: size, ...score };
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

  /** Forgets the scores of the chosen protocol. */
  clear(): void {
    const { protocol } = this.compare.store.getState().settings;
    this.compare.store.setState(({ scores }) => ({ scores: scores.filter((row) => row.protocol !== protocol) }));
  }
}

/** Longer sides that Probe3D gives photos on NAVI and ScanNet. */
const PROBE_SIZES: Partial<Record<ScoreProtocol, number>> = { 'probe3d-navi': 512, 'probe3d-scannet': 640 };

/** Those of the pairs that a protocol can score. */
export const scorable = (pairs: readonly OwnPair[], protocol: ScoreProtocol): OwnPair[] =>
  pairs.filter(({ truth }) => truth.hasScene || !PROTOCOL_TABLES[protocol].needsScene);

const isSameQuestion = (a: ScoreRow, b: ScoreRow): boolean =>
  a.protocol === b.protocol && a.pair === b.pair && a.encoder === b.encoder && a.longSide === b.longSide;
