import { colorMapAt } from '../../src/core/colors/color-maps.ts';
import { certaintyMap, rebuilt, shrunk } from '../node/field-pictures.ts';
import { matchPair, type NodeMatcher } from '../node/match-pair.ts';
import { dataUrl, errorMap, FULL_ERROR } from './error-picture.ts';
import type { PairResult } from './evaluate-pair.ts';
import type { EvaluationPair } from './pairs.ts';
import type { Protocol } from './protocols.ts';
import type { Run } from './run.ts';
import { overlapOf, type Table, tablesOf } from './tables.ts';
import { denseTruth } from './truth.ts';

/** Pairs that are shown as pictures, and their size. */
const SHOWN = 8;
const LONG_SIDE = 280;
/** A pose this wrong, in degrees, is as bad as can be. */
const WORST_POSE = 20;

const STYLE = `
body{font:14px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:78rem;padding:0 1rem;color:#222;background:#fff}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}
td,th{padding:.15rem .7rem;text-align:right;border-bottom:1px solid #ddd}
td:first-child,th:first-child{text-align:left}
h2{font-size:1.05rem;margin:1.6rem 0 .2rem}
figure{display:inline-block;margin:0 .6rem .6rem 0}
figcaption{font-size:.8rem;color:#666}.wrong{color:#b00020}`;

/** A page without scripts or other files: all tables, a row per pair, and pictures of the worst pairs. */
export async function writeReport(
  run: Run,
  pairs: readonly EvaluationPair[],
  matcher: NodeMatcher,
  protocol: Protocol | null = null,
): Promise<string> {
  const worst = [...run.results].sort((p, q) => badness(q) - badness(p)).slice(0, SHOWN);
  const shown: string[] = [];
  for (const result of worst) {
    const pair = pairs.find(({ name }) => name === result.name);
    if (pair && badness(result) > 0) shown.push(await pictures(run, pair, result, matcher));
  }
  const input = run.size ?? 'as the manifest says';
  const settings = `model ${run.model}, input ${input}, rescue ${run.rescue ? 'on' : 'off'}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<title>Evaluation: ${escaped(run.pairs)}</title>
<style>${STYLE}</style></head><body>
<h1>Evaluation of ${escaped(run.pairs)}</h1><p>${run.results.length} pairs, ${escaped(settings)}</p>
${tablesOf(run.results, protocol).map(tableHtml).join('\n')}
${tableHtml(pairTable(run.results))}
<h2>Worst pairs</h2>
${shown.join('\n') || '<p>None is wrong anywhere.</p>'}
</body></html>
`;
}

/** 0 for a pair without a flaw, 1 for one that is wrong altogether; pairs without a truth go by their verdict. */
export function badness({ dense, pose, published, kind, verdict }: PairResult): number {
  if (dense) return 1 - dense.pck[2];
  const angle = pose?.error ?? published?.errors[0];
  if (angle !== undefined) return Math.min(1, angle / WORST_POSE);
  return (verdict.kind === 'none') === (kind === 'unrelated') ? 0 : 1;
}

function pairTable(results: readonly PairResult[]): Table {
  const head = [
    'pair',
    'kind',
    'verdict',
    'overlap',
    'PCK@1',
    'PCK@3',
    'PCK@5',
    'PCK@10',
    'EPE',
    'AUROC',
    'corner',
    'pose °',
    'points PCK@5',
    'rotation',
    'tries',
    's',
  ];
  const number = (value: number | null | undefined, digits: number) =>
    Number.isFinite(value) ? value!.toFixed(digits) : '';
  const rows = results.map((r) => [
    r.name,
    r.kind,
    r.verdict.kind,
    number(overlapOf(r), 3),
    ...[0, 1, 2, 3].map((i) => number(r.dense?.pck[i], 3)),
    number(r.dense?.medianEpe, 2),
    number(r.dense?.auroc, 3),
    number(r.registration?.cornerError, 2),
    number(r.pose?.error ?? r.published?.errors[0], 2),
    number(r.points?.pck[2], 3),
    r.rescue.tried ? String(r.rescue.rotation) : '',
    String(r.tries ?? ''),
    number(r.milliseconds / 1000, 2),
  ]);
  return { title: 'Every pair', head, rows };
}

async function pictures(run: Run, pair: EvaluationPair, result: PairResult, matcher: NodeMatcher): Promise<string> {
  const { photos, fields } = await matchPair(matcher, pair, run);
  const [a, b] = [photos.a.pixels(), photos.b.pixels()];
  const truth = await denseTruth(pair, { a: photos.a.size, b: photos.b.size });
  const figures = [
    figure('A', shrunk(a, LONG_SIDE)),
    figure('B', shrunk(b, LONG_SIDE)),
    figure('A rebuilt from B, by certainty', rebuilt(fields.a, b, LONG_SIDE)),
    truth
      ? figure(`error on A, 0 to ${FULL_ERROR} px`, errorMap(fields.a, photos.b.size, truth, LONG_SIDE))
      : figure(
          'certainty on A',
          certaintyMap(fields.a, LONG_SIDE, (value) => colorMapAt('viridis', value)),
        ),
  ];
  matcher.backend.dispose(fields);
  const style = badness(result) > 0.5 ? ' class="wrong"' : '';
  return `<h2>${escaped(pair.name)}</h2><p${style}>${escaped(described(result))}</p>${figures.join('')}`;
}

function described({ kind, verdict, dense, pose }: PairResult): string {
  const figures = [];
  if (dense) figures.push(`PCK@5 ${dense.pck[2].toFixed(3)}, median error ${dense.medianEpe.toFixed(1)} px.`);
  if (pose) figures.push(`Pose off by ${pose.error.toFixed(1)}°.`);
  return [`${kind}: ${verdict.sentence}`, ...figures].join(' ');
}

const figure = (caption: string, picture: Parameters<typeof dataUrl>[0]) =>
  `<figure><img src="${dataUrl(picture)}" width="${picture.width}" height="${picture.height}" alt="">` +
  `<figcaption>${caption}</figcaption></figure>`;

const row = (cells: readonly string[], tag: 'td' | 'th') =>
  `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;

const tableHtml = ({ title, head, rows }: Table) =>
  `<h2>${escaped(title)}</h2><table>${row(head, 'th')}${rows.map((cells) => row(cells, 'td')).join('')}</table>`;

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
