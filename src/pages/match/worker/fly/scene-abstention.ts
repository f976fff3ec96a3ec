import { type Abstention, abstention, isDoubtful } from '../../../../gaussians/two-view/abstain.ts';
import { poseSpread } from '../../../../geometry/estimators/pose-spread.ts';
import { type RunOptions, runSteps } from '../../../../geometry/steps.ts';
import type { VerdictKind } from '../../../../core/match.ts';
import type { Fitted } from '../geometry/fit-match.ts';

/**
 * Why two photos whose essential matrix was fitted make no scene; null where they do. Where only some or few of the matches agree,
 * halves of them are fitted, too.
 * @throws CodedError `cancelled`
 */
export async function sceneAbstention(
  { result, pairs, straighten, cameras: lenses }: Fitted,
  verdict: VerdictKind,
  run: RunOptions,
): Promise<Abstention | null> {
  const { inlierRatio, inliers, threshold } = result;
  const agreeing = inliers.reduce((sum, one) => sum + one, 0);
  const { inFront, parallax, planarShare, rival, translation } = result.cameras!;
  const spread = isDoubtful(inlierRatio, agreeing)
    ? await runSteps(poseSpread(straighten(pairs), lenses!.a, lenses!.b, translation, { threshold }), run)
    : null;
  return abstention({ verdict, inlierRatio, spread, inFront, parallax, planarShare, rival });
}
