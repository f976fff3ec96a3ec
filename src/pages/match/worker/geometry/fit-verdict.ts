import type { CameraPair, FitResult } from '../../contract/geometry-fit.ts';
import type { VerdictKind } from '../../../../core/match.ts';

/** Below, a model explains chance; above, most of what was matched. */
const RATIO = { chance: 0.2, most: 0.6 } as const;
/** Share of both photos below which inliers speak for a corner only. */
const LITTLE_COVER = 0.1;
/** From this share of the inliers on one plane, epipolar lines are arbitrary. */
const FLAT = 0.85;
/** Median angle between two rays, degrees, below which depths are noise. */
const LITTLE_PARALLAX = 1;

/** Fewer inliers in front of both cameras, as a share, and the cameras are wrong. */
const MOST_IN_FRONT = 0.8;

type CameraFacts = Pick<CameraPair, 'parallax' | 'inFront'> &
  Partial<Pick<CameraPair, 'planarShare' | 'rival' | 'intrinsics'>>;

type Facts = Pick<FitResult, 'model' | 'inlierRatio' | 'coverage' | 'planarShare'> & { cameras: CameraFacts | null };

/** Whether to believe a fit, in one plain sentence. `match`: the verdict on the match itself. */
export function fitVerdict(facts: Facts, match: VerdictKind): FitResult['verdict'] {
  const { model, inlierRatio, coverage, planarShare, cameras } = facts;
  if (match === 'none') {
    return { kind: 'none', sentence: 'The photos seem to show no common scene, so no model of them means anything.' };
  }
  if (inlierRatio < RATIO.chance) {
    return { kind: 'none', sentence: `Probably not: ${FEW[model]}` };
  }
  if (Math.min(coverage.a, coverage.b) < LITTLE_COVER) {
    return { kind: 'partial', sentence: 'Only for a small part of the photos: the rest has no inliers.' };
  }
  if (planarShare !== null && planarShare > FLAT) {
    const sentence = 'The scene is nearly flat or the camera only turned: the epipolar lines are arbitrary.';
    return { kind: 'partial', sentence };
  }
  const doubt = cameras && cameraDoubt(cameras);
  if (doubt) return { kind: 'partial', sentence: doubt };
  if (inlierRatio < RATIO.most) return { kind: 'partial', sentence: SOME[model] };
  return { kind: 'good', sentence: GOOD[model] };
}

/** Why a pose that explains the matches may be wrong all the same; null where nothing speaks against it. */
function cameraDoubt({ parallax, inFront, planarShare = 0, rival, intrinsics }: CameraFacts): string | null {
  if (inFront < MOST_IN_FRONT) return 'Many points lie behind a camera: check the fields of view.';
  if (rival === 'shift') return 'Through so narrow a lens a turn and a step aside look alike: neither can be told.';
  if (parallax < LITTLE_PARALLAX) return 'The camera hardly moved: its turn holds, direction and depths are noise.';
  if (rival === 'turn') {
    return 'A mere turn, with other fields of view, explains the matches as well: check the fields of view.';
  }
  if (rival === 'pose') return 'The scene is flat, and two positions of the cameras explain it: this is one of them.';
  const isGuessed = intrinsics?.a.source === 'assumed' || intrinsics?.b.source === 'assumed';
  if (isGuessed && planarShare > FLAT) {
    return 'The scene is nearly flat, so any fields of view would do, and these are assumed: the pose is a guess.';
  }
  return null;
}

const FEW = {
  homography: 'no single plane explains more than a few of the matches.',
  fundamental: 'no position of two cameras explains more than a few of the matches.',
  essential: 'no two cameras with these fields of view explain more than a few of the matches.',
};
const SOME = {
  homography: 'Partly: one plane explains some of the matches; the others lie at other depths.',
  fundamental: 'Partly: some matches disagree; they are wrong or show things that moved.',
  essential: 'Partly: some matches disagree; they are wrong, or the fields of view are off.',
};
const GOOD = {
  homography: 'Yes: one plane (or a turning camera) explains most of the matches.',
  fundamental: 'Yes: two views of one rigid scene explain most of the matches.',
  essential: 'Yes: two cameras with these fields of view explain most of the matches.',
};
