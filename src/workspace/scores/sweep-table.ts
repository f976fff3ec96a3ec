import { PCK_THRESHOLDS, type SweepPoint } from '../../core/match-score.ts';

/** One matcher's points in the order of their values. */
export interface SweepCurve {
  model: string;
  name: string;
  points: SweepPoint[];
}

/** The points by matcher, in the order in which the matchers came. */
export function sweepCurves(points: readonly SweepPoint[]): SweepCurve[] {
  const curves = new Map<string, SweepCurve>();
  for (const point of points) {
    const curve = curves.get(point.model) ?? { model: point.model, name: point.score.modelName, points: [] };
    curve.points.push(point);
    curves.set(point.model, curve);
  }
  return [...curves.values()].map((curve) => ({ ...curve, points: curve.points.sort((a, b) => a.step - b.step) }));
}

/**
 * Where a curve falls below a share: the value between two steps by straight lines, or null where it stays above (or
 * begins below). Steps without any true correspondence end the curve.
 */
export function breakingPoint({ points }: SweepCurve, threshold: number, share = 0.5): number | null {
  const known = points.filter(({ score }) => score.places > 0);
  for (let i = 1; i < known.length; i++) {
    const [before, after] = [known[i - 1], known[i]];
    const [high, low] = [before.score.pck[threshold], after.score.pck[threshold]];
    if (high >= share && low < share)
      return before.value + ((high - share) / (high - low)) * (after.value - before.value);
  }
  return null;
}

/**
 * Every point as a row of CSV (RFC 4180). Errors are in pixels at a long side of 640.
 * @param unit of the values
 */
export function sweepCsv(kind: string, unit: string, points: readonly SweepPoint[]): string {
  const head = [
    'sweep',
    'unit',
    'model',
    'step',
    'value',
    'places',
    'epe_px',
    'median_error_px',
    ...PCK_THRESHOLDS.map((threshold) => `pck_at_${threshold}_px`),
    'certainty_auroc',
  ];
  const rows = points.map(({ step, value, score }) => [
    kind,
    unit,
    score.modelName,
    step,
    rounded(value),
    score.places,
    rounded(score.epe),
    rounded(score.medianError),
    ...score.pck.map(rounded),
    score.auroc === null ? '' : rounded(score.auroc),
  ]);
  return [head, ...rows].map((row) => row.map(csvField).join(',')).join('\r\n') + '\r\n';
}

/** Four digits tell more than a sweep can; without any place there is no error to tell. */
const rounded = (value: number) => (Number.isFinite(value) ? Number(value.toFixed(4)) : '');

function csvField(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
