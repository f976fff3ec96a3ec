import type { BatchPair } from './types.ts';

const COLUMNS = [
  'pair',
  'photo_a',
  'photo_b',
  'state',
  'verdict',
  'overlap_a',
  'overlap_b',
  'mean_certainty_a',
  'mean_certainty_b',
  'median_cycle_a_px',
  'median_cycle_b_px',
  'rotation_deg',
  'scale_b',
  'seconds',
  'folder',
  'remarks',
] as const;

/** What became of every pair, one a line. */
export function summaryCsv(pairs: readonly BatchPair[]): string {
  const rows = pairs.map(({ a, b, state, result, seconds, folder, error, remarks }, i) => {
    const verdict = result?.verdict;
    return [
      i + 1,
      a.path,
      b.path,
      state === 'waiting' ? 'not run' : state,
      verdict?.kind,
      verdict?.overlap.a,
      verdict?.overlap.b,
      verdict?.meanCertainty.a,
      verdict?.meanCertainty.b,
      verdict?.medianCycle.a,
      verdict?.medianCycle.b,
      result?.rescue.rotation,
      result?.rescue.scale,
      seconds,
      state === 'done' ? folder : '',
      [...(error ? [`${error.message} ${error.remedy}`.trim()] : []), ...remarks].join(' '),
    ];
  });
  return [COLUMNS, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('');
}

function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(Number(value.toFixed(4)));
  // A name that begins like a formula must not become one in a spreadsheet.
  const plain = value.replace(/[\r\n]+/g, ' ').replace(/^[=+\-@]/, "'$&");
  return /[",;\t]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
