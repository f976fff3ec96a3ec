import type { PairResult } from './evaluate-pair.ts';
import type { Protocol } from './protocols.ts';
import { type Table, tablesOf } from './tables.ts';

/** Prints every table that the results allow. */
export function printSummary(results: readonly PairResult[], protocol: Protocol | null = null): void {
  for (const table of tablesOf(results, protocol)) console.log(`${textOf(table)}\n`);
}

function textOf({ title, head, rows }: Table): string {
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i].length)));
  const line = (cells: string[]) =>
    cells.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ');
  return [title, line(head), ...rows.map(line)].join('\n');
}
