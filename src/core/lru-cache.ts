/** How a cache counts and frees what it holds. */
export interface LruCacheOptions<T> {
  budget: number;
  bytesOf: (value: T) => number;
  dispose: (value: T) => void;
}

/**
 * Results by key, evicted by least use under a byte budget. Holds promises: two askers share one run, and a rejected run
 * is forgotten so that the next ask tries again.
 */
export class LruCache<T> {
  private readonly entries = new Map<string, { value: Promise<T>; bytes: number }>();
  private held = 0;

  constructor(private readonly options: LruCacheOptions<T>) {}

  get bytes(): number {
    return this.held;
  }

  get budget(): number {
    return this.options.budget;
  }

  get size(): number {
    return this.entries.size;
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  async get(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.entries.get(key);
    if (known) {
      // Re-inserting moves the entry to the young end of the Map's order.
      this.entries.delete(key);
      this.entries.set(key, known);
      return known.value;
    }
    const entry = { value: make(), bytes: 0 };
    this.entries.set(key, entry);
    try {
      const value = await entry.value;
      // Forgotten while it was being made: what drops it frees it.
      if (this.entries.get(key) !== entry) return value;
      entry.bytes = this.options.bytesOf(value);
      this.held += entry.bytes;
      return value;
    } catch (error) {
      if (this.entries.get(key) === entry) this.entries.delete(key);
      throw error;
    }
  }

  /** Frees the least used entries over the budget. Called between jobs only: a running job may hold any of them. */
  trim(): void {
    for (const [key, { bytes }] of this.entries) {
      if (this.held <= this.options.budget) return;
      if (bytes) this.drop(key);
    }
  }

  /** Frees every entry whose key starts with `prefix`. */
  forget(prefix: string): void {
    for (const key of [...this.entries.keys()]) if (key.startsWith(prefix)) this.drop(key);
  }

  private drop(key: string): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    this.entries.delete(key);
    this.held -= entry.bytes;
    entry.value.then(this.options.dispose, () => {});
  }
}
