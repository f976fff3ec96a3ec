import { isCancelled, toPlainError } from '../../core/errors.ts';
import type { PlainError } from '../../core/errors.ts';

/** One sentence for the person, as it is listed. */
export interface Notice extends PlainError {
  id: number;
  kind: 'error' | 'info';
}

/** A store that lists notices. */
export interface NoticeStore {
  setState(change: (state: { notices: Notice[] }) => { notices: Notice[] }): void;
}

const MAX_NOTICES = 4;

/** Codes of the engine's death: told once, by whoever watches the worker, not by every call that it took along. */
const DEATH_CODES = new Set(['engine-crashed', 'engine-start', 'engine-start-timeout', 'engine-stopped']);

export const isDeath = (thrown: unknown): boolean => DEATH_CODES.has(toPlainError(thrown).code);

/** Sentences for the person: what happened and what to do about it. */
export class Notices {
  private nextId = 1;

  constructor(private readonly store: NoticeStore) {}

  /** Tells a failed action. Cancelling is not an error, and a death has been told already. */
  report(thrown: unknown): void {
    if (!isCancelled(thrown) && !isDeath(thrown)) this.add('error', toPlainError(thrown));
  }

  /** Adds a notice; the same sentence twice is one notice, moved to the end. */
  add(kind: 'error' | 'info', plain: PlainError): void {
    const id = this.nextId++;
    this.store.setState(({ notices }) => ({
      notices: [
        ...notices.filter((notice) => notice.code !== plain.code || notice.message !== plain.message),
        { ...plain, id, kind },
      ].slice(-MAX_NOTICES),
    }));
  }

  dismiss(id: number): void {
    this.store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
  }
}
