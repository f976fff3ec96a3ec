import { Component, type ComponentType, lazy, type PointerEvent, type ReactNode, Suspense, useReducer } from 'react';
import { partMissing, type PlainError, toPlainError } from '../core/errors.ts';
import { hasNewerVersion } from '../platform/page/newer-version.ts';
import { Dialog } from './dialog.tsx';

type PartPlace = 'page' | 'panel' | 'overlay' | 'dialog';

interface PartOptions<Props> {
  /** What the person calls it, as in "Export". */
  name: string;
  /** Where it shows: the message takes that shape. */
  as: PartPlace;
  load: () => Promise<{ default: ComponentType<Props> }>;
}

/**
 * A part of the page whose code comes when it is first shown. Where it cannot be had (the connection broke, a newer build
 * took its place, a proxy answers something else) or breaks while it draws, the rest of the page stays, and a message
 * stands in its place: *Try again* loads it anew, without a reload.
 */
export function lazyPart<Props extends object>({ name, as, load }: PartOptions<Props>): (props: Props) => ReactNode {
  // React keeps a failure for ever; another attempt needs another component.
  let Part = lazy(load);
  return function LazyPart(props: Props) {
    const [attempt, again] = useReducer((count: number) => count + 1, 0);
    const retry = () => {
      Part = lazy(load);
      again();
    };
    const onClose = 'onClose' in props && typeof props.onClose === 'function' ? (props.onClose as () => void) : null;
    const message = (error: PlainError) => (
      <PartMessage name={name} as={as} error={error} onRetry={retry} onClose={onClose} />
    );
    return (
      <Boundary key={attempt} message={message}>
        <Suspense
          fallback={as === 'dialog' || as === 'overlay' ? null : <p className="hint part-waiting">Loading …</p>}
        >
          <Part {...props} />
        </Suspense>
      </Boundary>
    );
  };
}

interface BoundaryProps {
  message: (error: PlainError) => ReactNode;
  children: ReactNode;
}

class Boundary extends Component<BoundaryProps, { error: PlainError | null }> {
  override state = { error: null as PlainError | null };

  static getDerivedStateFromError(thrown: unknown) {
    return { error: toPlainError(partMissing(thrown)) };
  }

  override render() {
    return this.state.error ? this.props.message(this.state.error) : this.props.children;
  }
}

interface MessageProps {
  name: string;
  as: PartPlace;
  error: PlainError;
  onRetry: () => void;
  onClose: (() => void) | null;
}

function PartMessage({ name, as, error, onRetry, onClose }: MessageProps) {
  const [isNewer, tell] = useReducer(() => true, false);
  const isMissing = error.code === 'part-missing';
  const ask = () => void hasNewerVersion().then((newer) => newer && tell());
  // Over the stage, which takes every press for itself.
  const keep = (event: PointerEvent) => event.stopPropagation();
  const body = (
    <div
      role="alert"
      onPointerDown={keep}
      className={`part-missing part-missing-${as}`}
      data-part={name}
      ref={(node) => void (node && ask())}
    >
      <p>
        <strong>{isMissing ? `“${name}” could not be loaded.` : `“${name}” broke.`}</strong>{' '}
        {isNewer ? 'A newer version of LiftMatch has been published.' : error.message}
      </p>
      <p className="hint">Your photos and the match stay. {isNewer ? 'Reload to get it.' : error.remedy}</p>
      <div className="row">
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
        <button type="button" className="button quiet" onClick={() => window.location.reload()}>
          Reload
        </button>
      </div>
    </div>
  );
  return as === 'dialog' ? (
    <Dialog title={name} onClose={onClose ?? onRetry}>
      {body}
    </Dialog>
  ) : (
    body
  );
}
