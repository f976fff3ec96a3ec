import { useState } from 'react';
import type { ScoreProtocol } from '../contract.ts';
import { COMPARE_PARAMS } from '../params.ts';
import { PROTOCOL_TABLES } from '../state/protocols.ts';
import { contendersOf, scoresCsv } from '../state/score-table.ts';
import { scorable } from '../state/scoring.ts';
import { percent } from '../../../ui/format.ts';
import { saveFile } from '../../../ui/save-file.ts';
import { ParamChoice } from '../../../ui/param-controls.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { useCompare, useCompareState } from './compare-context.ts';
import { OwnPairList } from './own-pair-list.tsx';
import { PairTable, RecallTable } from './score-tables.tsx';
import { ViewpointPlot } from './viewpoint-plot.tsx';

const EXPLANATIONS: Record<ScoreProtocol, string> = {
  covisible:
    'Every place of photo A that is seen in B asks for its nearest neighbour among B’s places. It is found if it lies ' +
    'within a share of B’s longer side from the truth. Encoders with a fine grid have an advantage at 1 %.',
  'probe3d-navi':
    'Photos are cut to squares of 512 px, features brought to a quarter of that. Of all places with a depth, the 1,000 whose ' +
    'nearest neighbour is clearest against the second are judged: in space, in the unit of the pose times 0.01, and in pixels.',
  'probe3d-scannet':
    'Photos are cut to 640 × 480 px. Of all places with a depth on a quarter of that, the 1,000 whose nearest neighbour is ' +
    'clearest against the second are judged in pixels of the quarter size. Networks see pixels normalised by ½, as published.',
};

/** Recall of each encoder's nearest neighbours where the truth is known: together, by viewpoint, and pair by pair. */
export function Scores() {
  const compare = useCompare();
  const protocol = useCompareState((state) => state.settings.protocol);
  const scores = useCompareState((state) => state.scores).filter((row) => row.protocol === protocol);
  const table = PROTOCOL_TABLES[protocol];
  const [chosen, setChosen] = useState<{ protocol: ScoreProtocol; threshold: number } | null>(null);
  const threshold = chosen?.protocol === protocol ? chosen.threshold : table.shown;
  const contenders = contendersOf(scores);
  return (
    <div className="scores">
      <ParamChoice
        param={COMPARE_PARAMS.protocol}
        value={protocol}
        onChange={(value) => compare.update({ protocol: value })}
      />
      <p>{EXPLANATIONS[protocol]}</p>
      <OwnPairList />
      <ScoreButtons />
      {scores.length > 0 && (
        <>
          <RecallTable table={table} contenders={contenders} />
          <section className="score-view" aria-label="Recall by viewpoint">
            <Segmented
              label="By viewpoint, recall at"
              value={String(threshold)}
              options={table.measures.map(({ label }, t) => ({ value: String(t), label: label.slice(1) }))}
              onChange={(value) => setChosen({ protocol, threshold: Number(value) })}
            />
            <ViewpointPlot table={table} contenders={contenders} threshold={threshold} />
          </section>
          <PairTable table={table} rows={scores} />
        </>
      )}
    </div>
  );
}

function ScoreButtons() {
  const compare = useCompare();
  const protocol = useCompareState((state) => state.settings.protocol);
  const scores = useCompareState((state) => state.scores).filter((row) => row.protocol === protocol);
  const scoring = useCompareState((state) => state.scoring);
  const ownPairs = useCompareState((state) => state.ownPairs);
  const table = PROTOCOL_TABLES[protocol];
  const hasOwn = scorable(ownPairs, protocol).length > 0;
  const isListed = useCompareState((state) => state.available !== null);
  const isIdle = scoring === null && isListed;
  const save = () => saveFile(new Blob([scoresCsv(table, scores)], { type: 'text/csv' }), csvName(protocol));
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
      {table.needsScene ? (
        !hasOwn && (
          <span className="hint">
            This protocol needs the depth of both photos: pairs of the Lift page have it, and your own files with K,
            pose_ab, depth_a and depth_b. The sample pairs have none.
          </span>
        )
      ) : (
        <button
          type="button"
          className={`button ${hasOwn ? '' : 'primary'}`}
          disabled={!isIdle}
          onClick={() => void compare.scoring.run(compare.scoring.samplePairs())}
        >
          Score all sample pairs
        </button>
      )}
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

const csvName = (protocol: ScoreProtocol): string =>
  protocol === 'covisible' ? 'liftmatch-encoder-scores.csv' : `liftmatch-encoder-scores-${protocol}.csv`;
