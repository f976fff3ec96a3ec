import { auroc, mean, median, poseAuc } from '../../src/geometry/measures.ts';
import type { PairResult } from './evaluate-pair.ts';
import { type DenseMeasures, PCK_THRESHOLDS } from './measure.ts';
import type { Protocol } from './protocols.ts';

/** A table with its heading; every row as long as the head. */
export interface Table {
  title: string;
  head: string[];
  rows: string[][];
}

const POSE_THRESHOLDS = [5, 10, 20] as const;
const CORNER_THRESHOLDS = [3, 5, 10] as const;
/** Share of A that B shows, from which on a pair is not hard for being seen so little. */
const MUCH_SEEN = 0.2;
/** Overlaps at which the verdict's threshold could lie. */
const OVERLAPS = [0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3] as const;

/** All tables that the results allow: per scene and overall, then what the verdicts were. */
export function tablesOf(results: readonly PairResult[], protocol: Protocol | null = null): Table[] {
  const tables = [
    denseTable(results),
    registrationTable(results),
    poseTable(results),
    protocol && publishedTable(results, protocol),
    pointTable(results),
    costTable('Time', results, ({ firstMilliseconds, milliseconds }) =>
      firstMilliseconds > 0 ? { first: firstMilliseconds, end: milliseconds } : null,
    ),
    costTable('Processor time', results, ({ processor }) => processor ?? null),
    verdictTable(results),
    overlapTable(results),
  ];
  return tables.filter((table) => table !== null);
}

/** What the verdict is told from: the larger share of the two photos that is certain and consistent. */
export const overlapOf = ({ verdict }: PairResult) => Math.max(verdict.overlap.a, verdict.overlap.b);

const denseTable = (results: readonly PairResult[]) =>
  errorTable('Dense error (long side 640 px, visible places)', results, ({ dense }) => dense);

const pointTable = (results: readonly PairResult[]) =>
  errorTable('Error at known points (long side 640 px)', results, ({ points }) => points);

function errorTable(
  title: string,
  results: readonly PairResult[],
  read: (result: PairResult) => DenseMeasures | undefined,
): Table | null {
  return sceneTable(
    title,
    ['pairs', ...PCK_THRESHOLDS.map((t) => `PCK@${t}`), 'median EPE', 'AUROC', 's/pair'],
    results.filter(read),
    (group) => [
      String(group.length),
      ...PCK_THRESHOLDS.map((_, i) => average(group, (r) => read(r)!.pck[i]).toFixed(3)),
      average(group, (r) => read(r)!.medianEpe).toFixed(2),
      average(group, (r) => read(r)!.auroc).toFixed(3),
      (average(group, (r) => r.milliseconds) / 1000).toFixed(2),
    ],
  );
}

/**
 * What a pair costs, in units of one single match: the median first match of the whole run, so that the ratios hold on
 * another machine.
 * @param read the milliseconds of a pair's first match and of all of it; null where files of earlier runs don't have it
 */
function costTable(
  what: string,
  results: readonly PairResult[],
  read: (result: PairResult) => { first: number; end: number } | null,
): Table | null {
  const timed = results.flatMap((result) => {
    const times = read(result);
    return times && times.first > 0 ? [{ ...result, times }] : [];
  });
  const single = median(timed.map(({ times }) => times.first));
  const ratios = (values: number[]) =>
    [median(values), Math.max(...values)].map((value) => (value / single).toFixed(1));
  return sceneTable(
    `${what} in single matches (one took ${single.toFixed(0)} ms)`,
    ['pairs', 'tries', 'most', 'first picture', 'slowest', 'to the end', 'slowest'],
    timed,
    (group) => [
      String(group.length),
      average(group, (r) => r.tries).toFixed(1),
      String(Math.max(...group.map((r) => r.tries))),
      ...ratios(group.map(({ times }) => times.first)),
      ...ratios(group.map(({ times }) => times.end)),
    ],
  );
}

function registrationTable(results: readonly PairResult[]): Table | null {
  return sceneTable(
    'Homography from the matches (mean corner error, long side 640 px)',
    ['pairs', 'mean', 'median', ...CORNER_THRESHOLDS.map((t) => `AUC@${t}`)],
    results.filter((result) => result.registration),
    (group) => {
      const errors = group.map((r) => r.registration!.cornerError ?? Infinity);
      return [
        String(group.length),
        meanOfFound(errors),
        middle(errors),
        ...poseAuc(errors, CORNER_THRESHOLDS).map((area) => area.toFixed(3)),
      ];
    },
  );
}

function poseTable(results: readonly PairResult[]): Table | null {
  return sceneTable(
    'Relative pose from the essential matrix (degrees)',
    ['pairs', 'median', ...POSE_THRESHOLDS.map((t) => `AUC@${t}`), 's/pair'],
    results.filter((result) => result.pose),
    (group) => {
      const errors = group.map((r) => r.pose!.error);
      const areas = poseAuc(errors, POSE_THRESHOLDS).map((area) => area.toFixed(3));
      return [
        String(group.length),
        middle(errors),
        ...areas,
        (average(group, (r) => r.milliseconds) / 1000).toFixed(2),
      ];
    },
  );
}

/**
 * Poses by a published protocol: a row for each threshold, the best by the mean of the three areas marked, as XFeat's and
 * glue-factory's evaluations choose it, and that one's rows by scene. In per cent, as papers print them.
 */
export function publishedTable(results: readonly PairResult[], protocol: Protocol): Table | null {
  const posed = results.filter((result) => result.published);
  if (!posed.length) return null;
  const areasOf = (group: readonly PairResult[], t: number) =>
    poseAuc(
      group.map(({ published }) => published!.errors[t]),
      POSE_THRESHOLDS,
    );
  const overall = protocol.thresholds.map((_, t) => areasOf(posed, t));
  const best = overall.reduce((kept, areas, t) => (mean(areas) > mean(overall[kept]) ? t : kept), 0);
  const cells = (group: readonly PairResult[], t: number) => {
    const own = group.filter(({ published }) => published!.own).length;
    return [
      String(protocol.thresholds[t]),
      String(group.length),
      ...areasOf(group, t).map((area) => (100 * area).toFixed(1)),
      average(group, ({ published }) => published!.matches).toFixed(0),
      own === group.length ? 'own' : own ? `own in ${own}` : 'drawn',
    ];
  };
  const scenes = [...new Set(posed.map(({ scene }) => scene))];
  const byScene = scenes.map((scene) => {
    const group = posed.filter((result) => result.scene === scene);
    return [scene, ...cells(group, best)];
  });
  const all = protocol.thresholds.map((_, t) => [t === best ? 'all' : 'all, at another threshold', ...cells(posed, t)]);
  return {
    title: `Relative pose, ${protocol.name} (${protocol.method}, this project's LO-RANSAC)`,
    head: ['scene', 'px', 'pairs', ...POSE_THRESHOLDS.map((t) => `AUC@${t}`), 'matches', 'from'],
    rows: [...(scenes.length > 1 && scenes.length <= 20 ? byScene : []), ...all],
  };
}

function verdictTable(results: readonly PairResult[]): Table | null {
  const row = (name: string, group: readonly PairResult[], unrelated: boolean): string[][] => {
    const kinds = group.filter(({ kind }) => (kind === 'unrelated') === unrelated).map(({ verdict }) => verdict.kind);
    const count = (wanted: string) => kinds.filter((kind) => kind === wanted).length;
    const right = unrelated ? count('none') : kinds.length - count('none');
    const counts = [kinds.length, count('good'), count('partial'), count('none')].map(String);
    return kinds.length ? [[name, ...counts, percent(right / kinds.length)]] : [];
  };
  // By list where there are several, and those of which B shows much of A apart.
  const lists = [...new Set(results.flatMap(({ list }) => list ?? []))];
  const rows = [false, true].flatMap((unrelated) => {
    const name = unrelated ? 'unrelated' : 'related';
    const seen = results.filter(({ dense }) => (dense?.seen ?? 1) >= MUCH_SEEN);
    return [
      ...lists.flatMap((list) =>
        row(
          `${name}, ${list}`,
          results.filter((r) => r.list === list),
          unrelated,
        ),
      ),
      ...row(name, results, unrelated),
      ...(seen.length < results.length && !unrelated
        ? row(`… ${percent(MUCH_SEEN)} of A seen or more`, seen, unrelated)
        : []),
    ];
  });
  return { title: 'Verdicts', head: ['', 'pairs', 'good', 'partial', 'no scene', 'right'], rows };
}

/** How well the overlap tells related pairs from unrelated, for choosing the verdict's threshold. */
function overlapTable(results: readonly PairResult[]): Table | null {
  const related = results.map(({ kind }) => kind !== 'unrelated');
  const overlaps = results.map(overlapOf);
  const area = auroc(overlaps, related);
  if (Number.isNaN(area)) return null;
  const share = (wanted: boolean, told: (overlap: number) => boolean) => {
    const group = overlaps.filter((_, i) => related[i] === wanted);
    return percent(group.filter(told).length / group.length);
  };
  return {
    title: `Overlap as a test of a common scene: AUROC ${area.toFixed(3)}`,
    head: ['threshold', 'related at or above', 'unrelated below'],
    rows: OVERLAPS.map((t) => [
      String(t),
      share(true, (overlap) => overlap >= t),
      share(false, (overlap) => overlap < t),
    ]),
  };
}

function sceneTable<Result extends PairResult>(
  title: string,
  head: string[],
  results: Result[],
  cells: (group: Result[]) => string[],
): Table | null {
  if (!results.length) return null;
  const scenes = [...new Set(results.map(({ scene }) => scene))];
  const rows = scenes.map((scene) => [scene, ...cells(results.filter((result) => result.scene === scene))]);
  return { title, head: ['scene', ...head], rows: [...rows, ['all', ...cells(results)]] };
}

/** Mean over the pairs that have the figure; kept as null in JSON where there was none. */
const average = (group: readonly PairResult[], read: (result: PairResult) => number) =>
  mean(group.map(read).filter(Number.isFinite));

/** Mean of the finite errors, with how many are not. */
function meanOfFound(errors: readonly number[]): string {
  const found = errors.filter(Number.isFinite);
  const lost = errors.length - found.length;
  return `${found.length ? mean(found).toFixed(2) : '–'}${lost ? ` (${lost} without a model)` : ''}`;
}

function middle(errors: readonly number[]): string {
  const sorted = [...errors].sort((a, b) => a - b);
  const value = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
  return Number.isFinite(value) ? value.toFixed(2) : '–';
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
