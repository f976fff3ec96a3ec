interface Asker<Result> {
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Runs one request at a time and of those that wait only the newest: a slider that moves faster than frames are drawn
 * skips positions instead of queueing them. Whoever was skipped gets the answer of the request that took its place.
 */
export class LatestOnly<Request, Result> {
  private running = false;
  private waiting: { request: Request; askers: Asker<Result>[] } | null = null;

  constructor(private readonly work: (request: Request) => Promise<Result>) {}

  /** Whether a newer request waits: long work may stop early then. */
  get isSuperseded(): boolean {
    return this.waiting !== null;
  }

  run(request: Request): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting = { request, askers: [...(this.waiting?.askers ?? []), { resolve, reject }] };
      if (!this.running) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.running = true;
    while (this.waiting) {
      const { request, askers } = this.waiting;
      this.waiting = null;
      try {
        const result = await this.work(request);
        for (const asker of askers) asker.resolve(result);
      } catch (error) {
        for (const asker of askers) asker.reject(error);
      }
      // Work that blocks the worker keeps messages waiting: they are let in before the newest of them is chosen.
      await new Promise((resolve) => setTimeout(resolve));
    }
    this.running = false;
  }
}
