import { estimateDepth } from '../../compute/monocular/estimate-depth.ts';
import { skyMask } from '../../compute/monocular/sky.ts';
import type { Pixels } from '../../compute/preprocess/cpu.ts';
import { throwIfAborted } from '../../core/errors.ts';
import { resizeMap } from '../../compute/resize-map/cpu.ts';
import type { DepthMap, DepthNetwork, OnNetwork } from './depth-network.ts';

/** Where a monocular map comes from: rules (the lift studio's estimate), or an installed depth network. */
export type PriorSource = { readonly kind: 'estimate' } | { readonly kind: 'network'; readonly manifestUrl: string };

/** What one photo alone says of its depth. */
export interface DepthPrior {
  /** Larger is nearer, any unit. */
  readonly depth: DepthMap;
  /** Above ½ where there is sky. */
  readonly sky: DepthMap;
}

/** Longer side of the photos that depth and sky are told from. */
export const PRIOR_SIDE = 320;

/**
 * Depth and sky of a photo.
 * @param photo with no side above {@link PRIOR_SIDE}; `whole` is what a network looks at
 * @throws CodedError of the network, `cancelled`
 */
export async function depthPrior(
  source: PriorSource,
  photo: Pixels,
  whole: () => Pixels,
  network: Pick<DepthNetwork, 'depth'>,
  { signal, onNetwork }: { signal: AbortSignal; onNetwork: OnNetwork },
): Promise<DepthPrior> {
  const size = { width: photo.width, height: photo.height };
  const depth =
    source.kind === 'estimate'
      ? { size, values: estimateDepth(photo).disparity }
      : await network.depth(source.manifestUrl, whole(), onNetwork, signal);
  throwIfAborted(signal);
  // Sky is found by colour, and what is far is likelier sky.
  const far = resizeMap(depth.values, depth.size, size);
  return { depth, sky: { size, values: skyMask(photo, far) } };
}
