import { useEffect, useRef } from 'react';
import type { InstallPhase } from '../../../models/library-contract.ts';
import { entryOfGated } from '../../../networks/catalog.ts';
import type { Library } from '../../../workspace/library/library.ts';
import type { LibraryJob } from '../../../workspace/types.ts';
import { fileSize, remaining } from '../../../ui/format.ts';
import { useWorkspaceState } from '../../../workspace/ui/workspace-context.ts';

const PHASES: Record<InstallPhase, string> = {
  download: 'Downloading',
  check: 'Checking what has arrived of',
  convert: 'Converting',
  copy: 'Copying',
};

/** Downloads and conversions, running, paused or failed. */
export function JobList({ library }: { library: Library }) {
  const jobs = useWorkspaceState((state) => state.library.jobs);
  const ref = useRef<HTMLElement>(null);
  // The button that started it may be far down the panel.
  useEffect(() => {
    // Not returned: recent browsers give a promise, which is no clean-up.
    ref.current?.scrollIntoView({ block: 'nearest' });
  }, [jobs.length]);
  if (jobs.length === 0) return null;
  return (
    <section ref={ref} className="stack-tight" aria-label="In progress">
      <h3>In progress</h3>
      <ul className="models">
        {jobs.map((job) => (
          <JobItem key={job.id} library={library} job={job} />
        ))}
      </ul>
    </section>
  );
}

function JobItem({ library, job }: { library: Library; job: LibraryJob }) {
  const { id, name, status, recipe, error, loaded, total, phase } = job;
  const isRunning = status === 'running';
  const copy = error?.code === 'download-gated' && recipe ? entryOfGated(recipe.files.map(({ url }) => url)) : null;
  return (
    <li className="model" data-job={id} data-status={status}>
      <b>{name}</b>
      <p className="job-line">{describe(job)}</p>
      {status !== 'failed' && (
        <progress
          aria-label={`Progress of ${name}`}
          {...(total ? { value: loaded / total } : isRunning ? {} : { value: 0 })}
          max={1}
        />
      )}
      {error && (
        <p className="job-error" role="alert" data-code={error.code}>
          {error.message} <span className="notice-remedy">{error.remedy}</span>
          {copy && (
            <span className="line">
              The same weights are in the list below and ask for no account: {copy.name},{' '}
              {new URL(copy.files[0].url).host}.
            </span>
          )}
        </p>
      )}
      <div className="row">
        {isRunning && recipe && phase !== 'convert' && (
          <button type="button" className="button" onClick={() => library.pause(id)}>
            Pause
          </button>
        )}
        {!isRunning && recipe && (
          <button type="button" className="button primary" onClick={() => library.resume(id)}>
            Resume
          </button>
        )}
        <button type="button" className="button" onClick={() => void library.cancel(id)}>
          {isRunning || recipe ? 'Cancel' : 'Dismiss'}
        </button>
      </div>
    </li>
  );
}

/** What is being done, to which file or layer, how far it is and how long it will take. */
function describe({ status, phase, item, loaded, total, bytesPerSecond }: LibraryJob): string {
  const amount = total === null ? fileSize(loaded) : `${fileSize(loaded)} of ${fileSize(total)}`;
  if (status === 'paused') return `Paused at ${amount}.`;
  if (status === 'failed') return loaded > 0 && phase !== 'convert' ? `Stopped at ${amount}.` : 'Stopped.';
  if (phase === null) return 'Starting';
  const parts = [`${PHASES[phase]} ${item}`, total === null && loaded === 0 ? null : amount];
  if (bytesPerSecond !== null) {
    parts.push(`${fileSize(bytesPerSecond)}/s`);
    if (total !== null && bytesPerSecond > 0) parts.push(`${remaining((total - loaded) / bytesPerSecond)} left`);
  }
  return parts.filter((part) => part !== null).join(' · ');
}
