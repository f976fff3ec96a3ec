import { useState } from 'react';
import { RECALL_THRESHOLDS } from '../contract.ts';
import { contendersOf, scoresCsv } from '../state/score-table.ts';
import { percent } from '../../../ui/format.ts';
import { saveFile } from '../../../ui/save-file.ts';
import { Segmented } from '../../../ui/segmented.tsx';
import { useCompare, useCompareState } from './compare-context.ts';
import { OwnPairList } from './own-pair-list.tsx';
import { PairTable, RecallTable } from './score-tables.tsx';
import { ViewpointPlot } from './viewpoint-plot.tsx';

const THRESHOLDS = RECALL_THRESHOLDS.map((threshold, t) => ({ value: String(t), label: `${100 * threshold} %` }));

/** Recall of each encoder's nearest neighbours where the truth is known: together, by viewpoint, and pair by pair. */
export function Scores() {
  const scores = useCompareState((state) => state.scores);
  const [threshold, setThreshold] = useState(RECALL_THRESHOLDS.length - 1);
  const contenders = contendersOf(scores);
  return (
    <div className="scores">
      <p>
        Every place of photo A that is seen in B asks for its nearest neighbour among B’s places. It is found if it lies
        within a share of B’s longer side from the truth. Encoders with a fine grid have an advantage at 1 %.
      </p>
      <OwnPairList />
      <ScoreButtons />
      {scores.length > 0 && (
        <>
          <RecallTable contenders={contenders} />
          <section className="score-view" aria-label="Recall by viewpoint">
            <Segmented
              label="By viewpoint, recall at"
              value={String(threshold)}
              options={THRESHOLDS}
              onChange={(value) => setThreshold(Number(value))}
            />
            <ViewpointPlot contenders={contenders} threshold={threshold} />
          </section>
          <PairTable rows={scores} />
        </>
      )}
    </div>
  );
}

function ScoreButtons() {
  const compare = useCompare();
  const scores = useCompareState((state) => state.scores);
  const scoring = useCompareState((state) => state.scoring);
  const hasOwn = useCompareState((state) => state.ownPairs.length > 0);
  const isListed = useCompareState((state) => state.available !== null);
  const isIdle = scoring === null && isListed;
  const save = () => saveFile(new Blob([scoresCsv(scores)], { type: 'text/csv' }), 'liftmatch-encoder-scores.csv');
  return (
    <div className="row">
      {hasOwn && (
        <button
          type="button"
          className="button primary"
          disabled={!isIdle}
          onClick={() => void compare.scoring.run(compare.scoring.ownPairs())}
        >
          Score my pairs
        </button>
      )}
      <button
        type="button"
        className={`button ${hasOwn ? '' : 'primary'}`}
        disabled={!isIdle}
        onClick={() => void compare.scoring.run(compare.scoring.samplePairs())}
      >
        Score all sample pairs
      </button>
      {scoring && (
        <>
          <progress value={scoring.done} max={scoring.total} aria-label="Scoring" />
          <span aria-live="polite">{percent(scoring.done / scoring.total)}</span>
          <button type="button" className="button" onClick={() => compare.scoring.stop()}>
            Stop
          </button>
        </>
      )}
      {scores.length > 0 && (
        <>
          <button type="button" className="button" onClick={save}>
            Save as CSV
          </button>
          <button
            type="button"
            className="button quiet"
            disabled={scoring !== null}
            onClick={() => compare.scoring.clear()}
          >
            Clear
          </button>
        </>
      )}
    </div>
  );
}
