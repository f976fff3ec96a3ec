import { RECALL_THRESHOLDS } from '../../shared/compare.ts';
import { meanRecall, rowsInBin, scoresCsv, VIEWPOINT_BINS } from '../../state/compare/scoring.ts';
import type { ScoreRow } from '../../state/compare/types.ts';
import { percent } from '../common/format.ts';
import { saveFile } from '../common/save-file.ts';
import { useCompare, useCompareState } from './compare-context.ts';

/** Recall of each encoder's nearest neighbours on the sample pairs: together, by viewpoint, and pair by pair. */
export function Scores() {
  const compare = useCompare();
  const scores = useCompareState((state) => state.scores);
  const scoring = useCompareState((state) => state.scoring);
  const encoders = [...new Set(scores.map(({ encoder }) => encoder))];
  return (
    <div className="scores">
      <p>
        Every place of photo A that is seen in B asks for its nearest neighbour among B’s places. It is found if it lies
        within a share of B’s longer side from the truth. Encoders with a fine grid have an advantage at 1 %.
      </p>
      <div className="row">
        <button
          type="button"
          className="button primary"
          disabled={scoring !== null}
          onClick={() => void compare.scoring.run(compare.chosen())}
        >
          Score all sample pairs
        </button>
        {scoring && (
          <>
            <progress value={scoring.done} max={scoring.total} aria-label="Scoring" />
            <button type="button" className="button" onClick={() => compare.scoring.stop()}>
              Stop
            </button>
          </>
        )}
        <button
          type="button"
          className="button"
          disabled={scores.length === 0}
          onClick={() => saveFile(new Blob([scoresCsv(scores)], { type: 'text/csv' }), 'liftmatch-encoder-scores.csv')}
        >
          Save as CSV
        </button>
      </div>
      {scores.length > 0 && (
        <>
          <div className="score-charts">
            {encoders.map((encoder) => (
              <Chart
                key={encoder}
                title={encoder}
                recall={meanRecall(scores.filter((row) => row.encoder === encoder))}
              />
            ))}
          </div>
          <ViewpointTable rows={scores} encoders={encoders} />
          <RowTable rows={scores} />
        </>
      )}
    </div>
  );
}

function Chart({ title, recall }: { title: string; recall: number[] }) {
  return (
    <figure className="score-chart">
      <figcaption>{title}</figcaption>
      {recall.map((share, t) => (
        <div key={RECALL_THRESHOLDS[t]} className="score-bar">
          <span>@{100 * RECALL_THRESHOLDS[t]} %</span>
          <span className="score-track">
            <span style={{ width: `${100 * share}%` }} />
          </span>
          <b>{percentOf(share)}</b>
        </div>
      ))}
    </figure>
  );
}

function ViewpointTable({ rows, encoders }: { rows: ScoreRow[]; encoders: string[] }) {
  const bins = VIEWPOINT_BINS.slice(0, -1).map((low, bin) => ({ bin, label: `${low}–${VIEWPOINT_BINS[bin + 1]}°` }));
  const filled = bins.filter(({ bin }) => rowsInBin(rows, bin).length > 0);
  return (
    <div className="score-table">
      <table>
        <caption>Recall at 4 % by the angle between the cameras</caption>
        <thead>
          <tr>
            <th scope="col">Encoder</th>
            {filled.map(({ bin, label }) => (
              <th key={bin} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {encoders.map((encoder) => (
            <tr key={encoder}>
              <th scope="row">{encoder}</th>
              {filled.map(({ bin }) => (
                <td key={bin}>
                  {percentOf(meanRecall(rowsInBin(rows, bin).filter((row) => row.encoder === encoder))[2])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RowTable({ rows }: { rows: ScoreRow[] }) {
  return (
    <div className="score-table" data-rows>
      <table data-scores>
        <caption>Pair by pair</caption>
        <thead>
          <tr>
            {['Pair', 'Encoder', 'Angle', 'Places', ...RECALL_THRESHOLDS.map((t) => `@${100 * t} %`)].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ sample, encoder, viewpoint, places, recall }) => (
            <tr key={`${sample}/${encoder}`}>
              <th scope="row">{sample}</th>
              <td className="score-name">{encoder}</td>
              <td>{viewpoint === null ? '–' : `${viewpoint.toFixed(0)}°`}</td>
              <td>{places}</td>
              {recall.map((share, t) => (
                <td key={RECALL_THRESHOLDS[t]}>{percentOf(share)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const percentOf = (share: number) => (Number.isNaN(share) ? '–' : percent(share));
