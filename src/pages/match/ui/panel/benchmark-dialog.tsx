import { Failure } from '../../../../ui/failure.tsx';
import { useEffect, useRef, useState } from 'react';
import { isCancelled, type PlainError, toPlainError } from '../../../../core/errors.ts';
import { chosenModel } from '../../../../workspace/models.ts';
import { copyText } from '../../../../ui/copy-text.ts';
import { Dialog } from '../../../../ui/dialog.tsx';
import type { BenchmarkResult } from '../../contract/benchmark.ts';
import { BENCHMARK_RUNS, benchmarkText, spreadOf, wholeRuns } from '../../state/benchmark.ts';
import { STAGE_NAMES } from '../stage/stage-names.ts';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';
import './benchmark.css';

type Outcome =
  | { kind: 'running'; share: number }
  | { kind: 'done'; result: BenchmarkResult }
  | { kind: 'failed'; error: PlainError }
  | null;

/** Times the present model on the open photos, stage by stage, as text for whoever compares machines. */
export default function BenchmarkDialog({ onClose }: { onClose: () => void }) {
  const workspace = useWorkspace();
  const settings = useWorkspaceState((state) => state.settings);
  const model = useWorkspaceState(chosenModel);
  const info = useWorkspaceState((state) => state.engine.info);
  const canRun = useWorkspaceState((state) => state.engine.status === 'ready' && state.job === null);
  const [outcome, setOutcome] = useState<Outcome>(null);
  const running = useRef<AbortController | null>(null);
  // Closing the dialog stops it.
  useEffect(() => () => running.current?.abort(), []);

  const run = async () => {
    if (!model) return;
    const controller = new AbortController();
    running.current = controller;
    setOutcome({ kind: 'running', share: 0 });
    try {
      const result = await workspace.link.call(
        'benchmark',
        {
          model: { id: model.id, manifestUrl: model.manifestUrl },
          longSide: settings.longSide,
          runs: BENCHMARK_RUNS,
        },
        {
          signal: controller.signal,
          onProgress: ({ fraction }) => setOutcome({ kind: 'running', share: fraction ?? 0 }),
        },
      );
      setOutcome({ kind: 'done', result });
    } catch (thrown) {
      setOutcome(isCancelled(thrown) ? null : { kind: 'failed', error: toPlainError(thrown) });
    }
  };
  const copy = (result: BenchmarkResult) =>
    copyText(
      benchmarkText(result, STAGE_NAMES, info!, navigator.userAgent),
      'The figures are copied.',
      workspace.notices,
    );

  return (
    <Dialog title="Measure this machine" className="benchmark-dialog" onClose={onClose}>
      <div className="stack">
        <p className="hint">
          Matches the open photos {BENCHMARK_RUNS} times with “{model?.name}” on{' '}
          {info?.provider === 'webgpu' ? `WebGPU (${info.adapter})` : 'WASM (CPU)'}, one look each, nothing from a
          cache. Nothing is sent anywhere.
        </p>
        {outcome?.kind === 'running' && (
          <div className="export-progress">
            <progress aria-label="Measuring" value={outcome.share} />
            <button type="button" className="button" onClick={() => running.current?.abort()}>
              Cancel
            </button>
          </div>
        )}
        <div role="status">{outcome?.kind === 'done' && <Times result={outcome.result} />}</div>
        {outcome?.kind === 'failed' && <Failure error={outcome.error} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Close
          </button>
          {outcome?.kind === 'done' && (
            <button type="button" className="button" onClick={() => void copy(outcome.result)}>
              Copy as text
            </button>
          )}
          <button
            type="button"
            className="button primary"
            disabled={!canRun || outcome?.kind === 'running'}
            onClick={() => void run()}
          >
            {outcome?.kind === 'done' ? 'Measure again' : 'Measure'}
          </button>
        </div>
      </div>
    </Dialog>
  );
}

function Times({ result }: { result: BenchmarkResult }) {
  const rows = [
    ...result.stages.map(({ stage, milliseconds }) => ({ name: STAGE_NAMES[stage].done, milliseconds })),
    { name: 'Whole match', milliseconds: wholeRuns(result) },
  ];
  return (
    <table className="benchmark" data-benchmark>
      <thead>
        <tr>
          <th scope="col">Milliseconds</th>
          <th scope="col">median</th>
          <th scope="col" title="Median distance from the median">
            spread
          </th>
          <th scope="col">fastest</th>
          <th scope="col">slowest</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, milliseconds }) => {
          const { median, deviation, fastest, slowest } = spreadOf(milliseconds);
          return (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{median.toFixed(1)}</td>
              <td>{deviation.toFixed(1)}</td>
              <td>{fastest.toFixed(1)}</td>
              <td>{slowest.toFixed(1)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
