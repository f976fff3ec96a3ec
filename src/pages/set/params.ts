import { choice, number, toggle, type ParamTable, type ParamValues } from '../../platform/params/params.ts';
import { KEYPOINTS } from '../../sets/keypoints.ts';

/** Which photos are matched with each other. */
export type PairChoice = 'auto' | 'sequence' | 'all' | 'likely';

/** Everything that a link says of the set page; the photos themselves stay where they are. */
export const SET_PARAMS = {
  pairs: choice<PairChoice>({
    address: 'pairs',
    label: 'Pairs',
    default: 'auto',
    options: [
      { value: 'auto', label: 'Auto' },
      { value: 'sequence', label: 'Sequence' },
      { value: 'all', label: 'All' },
      { value: 'likely', label: 'Likely' },
    ],
  }),
  reach: number({
    address: 'reach',
    label: 'Next photos',
    default: 2,
    range: [1, 20],
    step: 1,
    digits: 0,
    help: 'Each photo is matched with so many that follow it.',
  }),
  neighbours: number({
    address: 'neighbours',
    label: 'Neighbours',
    default: 10,
    range: [1, 40],
    step: 1,
    digits: 0,
    help: 'Each photo is matched with so many whose pooled encoder features are most like its own.',
  }),
  rescue: toggle({
    address: 'rescue',
    label: 'Look again at every weak pair',
    default: false,
    help: 'Turned, scaled and mirrored views, several times as long. Without it only photos that nothing ties to the others are.',
  }),
  cameras: choice<'shared' | 'each'>({
    address: 'cameras',
    label: 'Cameras',
    default: 'shared',
    options: [
      { value: 'shared', label: 'One for photos alike' },
      { value: 'each', label: 'One a photo' },
    ],
    help: 'For COLMAP’s files: photos of one size and EXIF focal length, or of one measured camera, share theirs.',
  }),
  firstPixel: choice<'0.5' | '0'>({
    address: 'pixel',
    label: 'Centre of the first pixel',
    default: '0.5',
    options: [
      { value: '0.5', label: '(0.5, 0.5), COLMAP' },
      { value: '0', label: '(0, 0), OpenCV' },
    ],
    help: 'Of the tracks’ tables; COLMAP’s and hloc’s files keep their own.',
  }),
  keypoints: number({
    address: 'keypoints',
    label: 'Keypoints a photo',
    default: KEYPOINTS.default,
    range: [KEYPOINTS.min, KEYPOINTS.max],
    step: KEYPOINTS.step,
    digits: 0,
  }),
} satisfies ParamTable;

export type SetValues = ParamValues<typeof SET_PARAMS>;
