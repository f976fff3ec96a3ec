import { mean } from '../../src/geometry/measures.ts';
import type { PairResult } from '../evaluate.ts';
import { PCK_THRESHOLDS } from './measure.ts';

/** Prints a table per scene and overall, then what the verdicts were. */
export function printSummary(results: PairResult[]): void {
  const dense = results.filter((result) => result.dense);
  if (dense.length) {
    console.log(row(['scene', 'pairs', ...PCK_THRESHOLDS.map((t) => `PCK@${t}`), 'median EPE', 'AUROC', 's/pair']));
    for (const scene of [...new Set(dense.map(({ scene }) => scene))]) {
      console.log(denseRow(scene, dense.filter((result) => result.scene === scene)));
    }
    console.log(denseRow('all', dense));
  }
  for (const kind of [...new Set(results.map(({ kind }) => kind))]) {
    const verdicts = results.filter((result) => result.kind === kind).map(({ verdict }) => verdict.kind);
    const count = (wanted: string) => verdicts.filter((verdict) => verdict === wanted).length;
    console.log(`verdicts on ${verdicts.length} pairs of kind ${kind}: ${count('good')} good, ${count('partial')} partial, ${count('none')} no common scene`);
  }
}

function denseRow(name: string, results: PairResult[]): string {
  const average = (read: (result: PairResult) => number) => mean(results.map(read).filter(Number.isFinite));
  return row([
    name,
    String(results.length),
    ...PCK_THRESHOLDS.map((_, i) => average((r) => r.dense!.pck[i]).toFixed(3)),
    average((r) => r.dense!.medianEpe).toFixed(2),
    average((r) => r.dense!.auroc).toFixed(3),
    (average((r) => r.milliseconds) / 1000).toFixed(2),
  ]);
}

const row = (cells: string[]) => cells.map((cell, i) => (i ? cell.padStart(10) : cell.padEnd(12))).join('');
