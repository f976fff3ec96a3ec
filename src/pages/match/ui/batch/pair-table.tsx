import type { BatchPair, BatchState } from '../../state/batch/types.ts';
import { percent, whole } from '../../../../ui/format.ts';

/** Rows on the page around the pair at hand; the summary in the archive has all. */
const MAX_ROWS = 300;

/** All pairs with what became of each. */
export function PairTable({ state: { pairs } }: { state: BatchState }) {
  const at = pairs.findIndex(({ state }) => state === 'running' || state === 'waiting');
  const first = Math.max(0, Math.min((at < 0 ? pairs.length : at) - MAX_ROWS / 2, pairs.length - MAX_ROWS));
  return (
    <div className="batch-pairs" tabIndex={0} aria-label="Pairs">
      <table>
        <tbody>
          {pairs.slice(first, first + MAX_ROWS).map((pair, i) => (
            <PairRow key={first + i} pair={pair} number={first + i + 1} />
          ))}
        </tbody>
      </table>
      {pairs.length > MAX_ROWS && (
        <p className="hint">
          {whole(pairs.length)} pairs; {MAX_ROWS} of them are shown.
        </p>
      )}
    </div>
  );
}

function PairRow({ pair, number }: { pair: BatchPair; number: number }) {
  const { a, b, state, result, error, remarks } = pair;
  const verdict = result?.verdict;
  return (
    <tr data-state={state}>
      <td>{number}</td>
      <td title={`${a.path} – ${b.path}`}>
        <span className="batch-names">
          {a.file.name} – {b.file.name}
        </span>
        {error && (
          <small className="failed">
            {error.message} {error.remedy}
          </small>
        )}
        {remarks.map((remark) => (
          <small key={remark}>{remark}</small>
        ))}
      </td>
      <td>
        {state === 'running' && <span className="spinner" aria-label="Running" />}
        {state === 'waiting' && <span className="muted">waiting</span>}
        {state === 'failed' && <span className="failed">failed</span>}
        {state === 'done' && verdict && (
          <span className={`batch-verdict ${verdict.kind}`} title={verdict.sentence}>
            {VERDICTS[verdict.kind]} <b>{percent(verdict.overlap.a)}</b>
          </span>
        )}
      </td>
    </tr>
  );
}

const VERDICTS = { good: 'match', partial: 'in part', none: 'no common scene' } as const;
