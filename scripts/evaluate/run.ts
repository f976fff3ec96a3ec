import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { CodedError } from '../../src/core/errors.ts';
import type { MatchSettings, NodeMatcher } from '../node/match-pair.ts';
import { evaluatePair, type PairResult } from './evaluate-pair.ts';
import type { EvaluationPair } from './pairs.ts';
import type { Protocol } from './protocols.ts';

/** One evaluation: what was asked, and what came of it so far. */
export interface Run extends MatchSettings {
  model: string;
  pairs: string;
  /** The published protocol that poses are measured by; null for this project's own. */
  protocol: string | null;
  results: PairResult[];
}

/** Takes over the results that `path` keeps of an interrupted run. @throws CodedError where it was another run */
export function resume(wanted: Run, path: string): void {
  if (!existsSync(path)) return;
  const kept = JSON.parse(readFileSync(path, 'utf8')) as Run;
  const same = (['model', 'size', 'rescue', 'pairs', 'protocol'] as const).every(
    // Files of earlier runs have no protocol.
    (key) => (kept[key] ?? null) === wanted[key],
  );
  if (!same) {
    throw new CodedError(
      'usage',
      `${path} holds another run (${kept.model}, ${kept.pairs}).`,
      'Name another file after --json.',
    );
  }
  wanted.results = kept.results;
}

/** Evaluates the pairs that the run has no result of; `path` (if any) is rewritten after each. */
export async function evaluateAll(
  run: Run,
  pairs: readonly EvaluationPair[],
  matcher: NodeMatcher,
  path?: string,
  protocol: Protocol | null = null,
): Promise<void> {
  const known = new Set(run.results.map(({ name }) => name));
  for (const [i, pair] of pairs.entries()) {
    if (known.has(pair.name)) continue;
    progress(i, pairs.length, pair.name);
    run.results.push(await evaluatePair(matcher, pair, run, protocol));
    if (path) writeFileSync(path, JSON.stringify(run, null, 1));
  }
  progress(pairs.length, pairs.length, '');
}

function progress(done: number, total: number, name: string): void {
  if (!process.stderr.isTTY) return;
  const filled = Math.round((24 * done) / Math.max(1, total));
  process.stderr.write(`\r\x1b[K[${'█'.repeat(filled)}${'·'.repeat(24 - filled)}] ${done}/${total} ${name}`);
  if (done === total) process.stderr.write('\n');
}
