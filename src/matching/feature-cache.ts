import { LruCache } from '../core/lru-cache.ts';
import { disposeFeatures, type Features } from './matcher.ts';

/** Room for some twenty photos of the embedded model at its default size, or one ViT-L pair at 560. */
const DEFAULT_BUDGET = 512 * 2 ** 20;

/** Features by photo, model, pass and input, so that a photo is encoded once. */
export class FeatureCache extends LruCache<Features> {
  constructor(budget = DEFAULT_BUDGET) {
    super({ budget, bytesOf, dispose: disposeFeatures });
  }
}

const bytesOf = (features: Features) =>
  Object.values(features).reduce((sum, { dims }) => sum + 4 * dims.reduce((a, b) => a * b, 1), 0);
