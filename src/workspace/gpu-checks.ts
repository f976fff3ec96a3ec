import type { GpuCheck, KnownChecks } from '../core/match.ts';

const STORAGE_KEY = 'liftmatch-gpu-checks';

/** Older ones are forgotten: adapters change their names with every driver. */
const MAX_KEPT = 32;

/** What checks of the GPU have said, by adapter, model and weights; kept for the next visit where there is a storage. */
export class GpuChecks {
  private checks: KnownChecks;

  constructor(private readonly storage: () => Storage | null) {
    this.checks = this.read();
  }

  known(): KnownChecks {
    return { ...this.checks };
  }

  remember({ key, verdict, finding }: GpuCheck): void {
    // The last one told is the last one forgotten.
    const { [key]: _, ...others } = this.checks;
    this.checks = Object.fromEntries(
      [...Object.entries(others), [key, { verdict, finding }] as const].slice(-MAX_KEPT),
    );
    this.write();
  }

  /** Whoever was found wrong is checked anew. */
  forgetWrong(): void {
    this.checks = Object.fromEntries(Object.entries(this.checks).filter(([, { verdict }]) => verdict !== 'wrong'));
    this.write();
  }

  private read(): KnownChecks {
    try {
      const stored: unknown = JSON.parse(this.storage()?.getItem(STORAGE_KEY) ?? '{}');
      return isRecord(stored) ? Object.fromEntries(Object.entries(stored).filter(isKnown).slice(-MAX_KEPT)) : {};
    } catch {
      // Storage is forbidden in some frames, and may hold anything: the checks are made again.
      return {};
    }
  }

  private write(): void {
    try {
      this.storage()?.setItem(STORAGE_KEY, JSON.stringify(this.checks));
    } catch {
      // See read.
    }
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function isKnown(entry: [string, unknown]): entry is [string, KnownChecks[string]] {
  const [, value] = entry;
  return (
    isRecord(value) &&
    ['right', 'wrong', 'unchecked'].includes(value.verdict as string) &&
    typeof value.finding === 'string'
  );
}
