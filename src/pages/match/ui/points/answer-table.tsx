import { otherSide } from '../../../../core/geometry.ts';
import type { KeypointTable, PointExport, PointTable } from '../../../../core/points.ts';
import { percent, whole } from '../../../../ui/format.ts';

/** Rows on the page; the files hold all. */
const MAX_ROWS = 200;

/** What the engine said of the points, the first rows of it. */
export function AnswerTable({ answer }: { answer: PointExport }) {
  const { columns, rows } = answer.kind === 'points' ? pointRows(answer.table) : keypointRows(answer.table);
  const { count } = answer.table;
  return (
    <>
      <p role="status">{summary(answer)}</p>
      {count > 0 && (
        <div className="point-answers" tabIndex={0} aria-label="Answers">
          <table>
            <thead>
              <tr>
                {columns.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, i) => (
                <tr key={i}>
                  {row.map((cell, k) => (
                    <td key={k}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {count > MAX_ROWS && <p className="hint">The first {MAX_ROWS} rows. The file has all of them.</p>}
    </>
  );
}

function summary({ kind, table }: PointExport): string {
  if (kind === 'keypoints') {
    const { count, given } = table;
    return `${whole(count)} pairs among ${whole(given.a)} keypoints of A and ${whole(given.b)} of B.`;
  }
  const { count, side, outside, centre } = table;
  const other = otherSide(side).toUpperCase();
  const points = count === 1 ? '1 point' : `${whole(count)} points`;
  const placed = outside ? `${whole(count - outside)} of ${points}` : points;
  const left = outside ? ` (${whole(outside)} outside of photo ${side.toUpperCase()})` : '';
  const moved =
    centre === 'integer'
      ? ' They were moved by half a pixel to this page’s convention; files are in the one chosen above.'
      : '';
  return `${placed} of ${side.toUpperCase()} placed in ${other}${left}.${moved}`;
}

function pointRows({ side, count, labels, from, to, certainty, cycle }: PointTable) {
  const other = otherSide(side).toUpperCase();
  const columns = ['Point', `In ${side.toUpperCase()}`, `In ${other}`, 'Certainty', 'Cycle error'];
  const rows = firstRows(count, (i) => {
    const known = !Number.isNaN(to[2 * i]);
    return [
      labels[i] || String(i + 1),
      place(from, i),
      known ? place(to, i) : 'outside',
      known ? percent(certainty[i]) : '–',
      known ? `${cycle[i] < 1e5 ? cycle[i].toFixed(1) : '∞'} px` : '–',
    ];
  });
  return { columns, rows };
}

function keypointRows({ count, indexA, indexB, places, certainty, distance }: KeypointTable) {
  const columns = ['A', 'B', 'In A', 'In B', 'Certainty', 'Distance'];
  const rows = firstRows(count, (i) => [
    String(indexA[i] + 1),
    String(indexB[i] + 1),
    place(places, 2 * i),
    place(places, 2 * i + 1),
    percent(certainty[i]),
    `${distance[i].toFixed(2)} px`,
  ]);
  return { columns, rows };
}

const firstRows = (count: number, row: (i: number) => string[]) =>
  Array.from({ length: Math.min(count, MAX_ROWS) }, (_, i) => row(i));

const place = (places: Float64Array, i: number) => `${places[2 * i].toFixed(1)}, ${places[2 * i + 1].toFixed(1)}`;
