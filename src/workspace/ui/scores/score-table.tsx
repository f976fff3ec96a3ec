import { type MatchScore, PCK_THRESHOLDS } from '../../../core/match-score.ts';
import { percent, seconds, whole } from '../../../ui/format.ts';
import { CertaintyPlot } from './certainty-plot.tsx';
import './scores.css';

/** What a matcher did on two views; `isOld` where they have changed since. */
export function ScoreTable({ score, isOld }: { score: MatchScore; isOld: boolean }) {
  return (
    <div className="score-table" data-old={isOld} data-score>
      {isOld && <p className="hint">Of the view before this one.</p>}
      {score.places === 0 ? (
        <p className="hint">No place is visible in both views: there is nothing to score.</p>
      ) : (
        <>
          <dl className="facts">
            <dt>Mean error (EPE)</dt>
            <dd data-epe>{score.epe.toFixed(2)} px</dd>
            <dt>Median error</dt>
            <dd>{score.medianError.toFixed(2)} px</dd>
            <dt>AUROC of certainty</dt>
            <dd>{score.auroc === null ? 'all places are of one kind' : score.auroc.toFixed(3)}</dd>
            <dt>Places</dt>
            <dd>
              {whole(score.places)}, {seconds(score.milliseconds)}
            </dd>
          </dl>
          {score.pck.map((share, t) => (
            <div key={PCK_THRESHOLDS[t]} className="pck-bar">
              <span>@{PCK_THRESHOLDS[t]} px</span>
              <span className="pck-track">
                <span style={{ width: `${100 * share}%` }} />
              </span>
              <b>{percent(share)}</b>
            </div>
          ))}
          <CertaintyPlot curve={score.curve} />
        </>
      )}
    </div>
  );
}
