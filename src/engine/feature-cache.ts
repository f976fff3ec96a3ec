import { disposeFeatures, type Features } from './matcher.ts';

/**
 * Features by photo, model, pass and input, so that a photo is encoded once. Evicts by least use under a byte budget.
 * Holds promises: two askers share one run, and a rejected run is forgotten so that the next ask tries again.
 */
export class FeatureCache {
  private readonly entries = new Map<string, { features: Promise<Features>; bytes: number }>();
  private bytes = 0;

  constructor(private readonly budget = DEFAULT_BUDGET) {}

  has(key: string): boolean {
    return this.entries.has(key);
  }

  async get(key: string, make: () => Promise<Features>): Promise<Features> {
    const known = this.entries.get(key);
    if (known) {
      // Re-inserting moves the entry to the young end of the Map's order.
      this.entries.delete(key);
      this.entries.set(key, known);
      return known.features;
    }
    const entry = { features: make(), bytes: 0 };
    this.entries.set(key, entry);
    try {
      const features = await entry.features;
      entry.bytes = Object.values(features).reduce((sum, { dims }) => sum + 4 * dims.reduce((a, b) => a * b, 1), 0);
      this.bytes += entry.bytes;
      return features;
    } catch (error) {
      if (this.entries.get(key) === entry) this.entries.delete(key);
      throw error;
    }
  }

  /** Frees the least used entries over the budget. Called between jobs only: a running decode may hold any of them. */
  trim(): void {
    for (const [key, { bytes }] of this.entries) {
      if (this.bytes <= this.budget) return;
      if (bytes) this.drop(key);
    }
  }

  /** Frees every entry whose key starts with `prefix` (a photo that was closed, a model that was left). */
  forget(prefix: string): void {
    for (const key of [...this.entries.keys()]) if (key.startsWith(prefix)) this.drop(key);
  }

  private drop(key: string): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    this.entries.delete(key);
    this.bytes -= entry.bytes;
    entry.features.then(disposeFeatures, () => {});
  }
}

/** Room for some twenty photos of the embedded model at its default size, or one ViT-L pair at 560. */
const DEFAULT_BUDGET = 512 * 2 ** 20;
