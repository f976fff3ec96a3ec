import type { ProtocolTable } from '../state/protocols.ts';
import { binLabels } from '../state/protocols.ts';
import { type Contender, meanRecall, rowsInBin } from '../state/score-table.ts';
import type { ScoreRow } from '../state/types.ts';
import { percent } from '../../../ui/format.ts';
import { contenderColor } from './contender-colors.ts';

/** Every encoder's recall over all pairs, and in every viewpoint bin. */
export function RecallTable({ table, contenders }: { table: ProtocolTable; contenders: readonly Contender[] }) {
  const at = table.measures.map(({ label }) => label);
  const groups = [
    { label: 'All pairs', rowsOf: ({ rows }: Contender) => rows },
    ...binLabels(table).map((label, bin) => ({
      label,
      rowsOf: ({ rows }: Contender) => rowsInBin(table, rows, bin),
    })),
  ].filter(({ rowsOf }) => contenders.some((contender) => rowsOf(contender).length > 0));
  return (
    <div className="score-table">
      <table data-recall>
        <caption>Recall, together and by the angle between the cameras</caption>
        <thead>
          <tr>
            <th scope="col" rowSpan={2}>
              Encoder
            </th>
            {groups.map(({ label }) => (
              <th key={label} scope="colgroup" colSpan={at.length} className="score-group">
                {label}
              </th>
            ))}
          </tr>
          <tr>
            {groups.flatMap(({ label }) =>
              at.map((distance) => (
                <th key={label + distance} scope="col">
                  {distance}
                </th>
              )),
            )}
          </tr>
        </thead>
        <tbody>
          {contenders.map((contender, i) => (
            <tr key={contender.name}>
              <th scope="row">
                <span className="score-dot" style={{ background: contenderColor(i) }} /> {contender.name}
              </th>
              {groups.flatMap(({ label, rowsOf }) =>
                meanRecall(table, rowsOf(contender)).map((share, t) => <td key={label + at[t]}>{percentOf(share)}</td>),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function PairTable({ table, rows }: { table: ProtocolTable; rows: readonly ScoreRow[] }) {
  const at = table.measures.map(({ label }) => label);
  return (
    <div className="score-table" data-rows>
      <table data-scores>
        <caption>Pair by pair</caption>
        <thead>
          <tr>
            {['Pair', 'Encoder', 'Size', 'Angle', table.needsScene ? 'Matches' : 'Places', ...at].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ pair, encoder, longSide, viewpoint, places, recall }) => (
            <tr key={`${pair}/${encoder}/${longSide}`}>
              <th scope="row">{pair}</th>
              <td className="score-name">{encoder}</td>
              <td>{longSide}</td>
              <td>{viewpoint === null ? '–' : `${viewpoint.toFixed(0)}°`}</td>
              <td>{places}</td>
              {recall.map((share, t) => (
                <td key={at[t]}>{percentOf(share)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const percentOf = (share: number) => (Number.isNaN(share) ? '–' : percent(share));
