import { handPairs } from '../compare/open-compare.ts';
import type { Lift } from './lift.ts';

/** Puts the present pair with its exact truth among the pairs that encoders are scored on, and shows them. */
export async function sendToCompare(lift: Lift): Promise<void> {
  try {
    const pair = await lift.link.call('pair', {});
    const { viewpoint } = lift.store.getState().facts ?? { viewpoint: 0 };
    await handPairs(lift.workspace, [{ ...pair, name: `${lift.photoTitle()}, ${viewpoint.toFixed(0)}° (lifted)` }]);
  } catch (thrown) {
    lift.report(thrown);
  }
}
