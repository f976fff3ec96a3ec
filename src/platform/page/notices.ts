import { isCancelled, partMissing, toPlainError } from '../../core/errors.ts';
import type { PlainError } from '../../core/errors.ts';
import { isWorkerDeath } from '../worker/worker-client.ts';

/** One sentence for the person, as it is listed. */
export interface Notice extends PlainError {
  id: number;
  kind: 'error' | 'info';
  /** What the person can do about it here and now. */
  action?: NoticeAction;
}

export interface NoticeAction {
  label: string;
  run: () => void;
}

/** A store that lists notices. */
export interface NoticeStore {
  setState(change: (state: { notices: Notice[] }) => { notices: Notice[] }): void;
}

const MAX_NOTICES = 4;

/** Sentences for the person: what happened and what to do about it. */
export class Notices {
  private nextId = 1;

  constructor(private readonly store: NoticeStore) {}

  /** Tells a failed action. Cancelling is not an error, and a death has been told already. */
  report(thrown: unknown): void {
    if (!isCancelled(thrown) && !isWorkerDeath(thrown)) this.add('error', toPlainError(partMissing(thrown)));
  }

  /** Adds a notice; the same sentence twice is one notice, moved to the end. */
  add(kind: 'error' | 'info', plain: PlainError, action?: NoticeAction): void {
    const id = this.nextId++;
    this.store.setState(({ notices }) => ({
      notices: [
        ...notices.filter((notice) => notice.code !== plain.code || notice.message !== plain.message),
        { ...plain, id, kind, ...(action && { action }) },
      ].slice(-MAX_NOTICES),
    }));
  }

  /** Takes away what is no longer so. */
  dismissCode(code: string): void {
    this.store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.code !== code) }));
  }

  dismiss(id: number): void {
    this.store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
  }
}
