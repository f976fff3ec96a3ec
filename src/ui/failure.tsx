import type { PlainError } from '../core/errors.ts';

/** What went wrong where the person asked for it, and what to do about it. */
export function Failure({ error: { message, remedy } }: { error: PlainError }) {
  return (
    <p role="alert" className="failed">
      {message} {remedy}
    </p>
  );
}
