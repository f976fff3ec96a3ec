import { Failure } from '../../../../ui/failure.tsx';
import type { ReactNode } from 'react';
import type { FitResult } from '../../contract/geometry-fit.ts';
import type { VerdictKind } from '../../../../core/match.ts';
import { percent, whole } from '../../../../ui/format.ts';
import { CheckIcon, CloseIcon, PartIcon } from '../../../../ui/icons.tsx';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';

const MEASURES =
  'Share of the sampled matches that the model explains; share of each photo’s area that holds them; median distance ' +
  'of those after going to the other photo and back.';

const ICONS: Record<VerdictKind, () => ReactNode> = { good: CheckIcon, partial: PartIcon, none: CloseIcon };

/** “Is this right?”, or what is running, or why nothing was found. */
export function FitStatus() {
  const { geometry } = useWorkspace();
  const { fit, job, error } = useWorkspaceState((state) => state.geometry);
  return (
    <div className="fit-status">
      {fit && !error && <IsThisRight fit={fit} />}
      {job && (
        <div className="fit-job" role="status">
          <progress
            aria-label={job.kind === 'fit' ? 'Fitting the model' : 'Triangulating'}
            {...(job.fraction === null ? {} : { value: job.fraction })}
            max={1}
          />
          <button type="button" className="button" onClick={() => geometry.abort()}>
            Cancel
          </button>
        </div>
      )}
      {error && <Failure error={error} />}
      {!fit && !job && (
        <button type="button" className="button" onClick={() => void geometry.fit()}>
          Fit
        </button>
      )}
    </div>
  );
}

function IsThisRight({ fit }: { fit: FitResult }) {
  const { verdict, inlierRatio, inliers, coverage, medianCycle } = fit;
  const Icon = ICONS[verdict.kind];
  const cycle = medianCycle === null ? '' : ` · cycle ${medianCycle.toFixed(1)} px`;
  return (
    <div className={`fit-verdict verdict ${verdict.kind}`} role="status" data-fit={fit.model}>
      <span className="verdict-mark">
        <Icon />
      </span>
      <div>
        <p>
          <b>Is this right?</b> {verdict.sentence}
        </p>
        <p className="hint" title={MEASURES}>
          {percent(inlierRatio)} of {whole(inliers.length)} matches fit · they cover {percent(coverage.a)} of A,{' '}
          {percent(coverage.b)} of B{cycle}
        </p>
      </div>
    </div>
  );
}
