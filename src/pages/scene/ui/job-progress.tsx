import type { SceneProgress } from '../contract/api.ts';
import { STAGE_TEXTS } from './texts.ts';

interface JobProgressProps {
  /** Names the bar. */
  label: string;
  progress: SceneProgress;
  onStop: () => void;
  /** Instead of the stage's own words. */
  text?: string;
}

/** How far a job is, and a way to end it. */
export function JobProgress({ label, progress, onStop, text }: JobProgressProps) {
  const { stage, done, total } = progress;
  return (
    <div className="job-progress" role="status">
      <span>{text ?? `${STAGE_TEXTS[stage]} …`}</span>
      <progress aria-label={label} max={total ?? 1} {...(total === null ? {} : { value: done })} />
      <button type="button" className="button" onClick={onStop}>
        Cancel
      </button>
    </div>
  );
}
