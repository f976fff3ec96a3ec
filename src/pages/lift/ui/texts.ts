import type { Side } from '../../../core/geometry.ts';
import type { FrameFacts, LiftDisplay, LiftPicture, LiftStage, SweepKind } from '../contract/api.ts';
import type { Legend } from '../../../core/colors/legend.ts';
import { VIEWPOINT_BINS } from '../contract/settings.ts';

export const SIDE_NAMES: Record<Side, string> = { a: 'Photo', b: 'New view' };

export const PICTURE_NAMES: Record<LiftPicture, string> = {
  colour: 'Colour',
  depth: 'Depth',
  normals: 'Normals',
  validity: 'Validity',
  warp: 'Warp',
  visible: 'Visible',
  sky: 'Sky',
  error: 'Error',
  certainty: 'Certainty',
};

/** Pictures that only a score gives. */
export const SCORED_PICTURES: readonly LiftPicture[] = ['error', 'certainty'];

export const STAGE_TEXTS: Record<LiftStage, string> = {
  'load-model': 'Loading the model',
  depth: 'Finding the depth',
  render: 'Rendering',
  encode: 'Encoding',
  match: 'Matching',
  score: 'Scoring',
  write: 'Writing',
};

export const SWEEP_NAMES: Record<SweepKind, string> = {
  yaw: 'Yaw (left – right)',
  pitch: 'Pitch (up – down)',
  roll: 'Roll',
  zoom: 'Zoom',
  translation: 'Step aside',
  light: 'Light',
  noise: 'Noise',
};

/** What the values of a sweep are counted in. */
export const SWEEP_UNITS: Record<SweepKind, string> = {
  yaw: 'degrees',
  pitch: 'degrees',
  roll: 'degrees',
  zoom: 'factor',
  translation: 'median depths',
  light: 'power',
  noise: 'sigma',
};

export const BIN_NAMES: readonly string[] = VIEWPOINT_BINS.map(([low, high]) => `${low}–${high}°`);

/** Displacement at the flow wheel's rim, as a share of the longer side; the worker draws with the same. */
const FLOW_SCALE = 0.25;

/** What the colours of a picture mean; null where it explains itself. */
export function legendOf(picture: LiftPicture, { maxError }: LiftDisplay, facts: FrameFacts | null): Legend | null {
  switch (picture) {
    case 'depth':
      return { kind: 'ramp', title: 'Depth', map: 'magma', ticks: ['far', 'median', 'near'] };
    case 'normals':
      return { kind: 'text', text: 'Red: to the right. Green: up. Blue: towards you.' };
    case 'validity':
      return { kind: 'text', text: 'Hatched: the photo does not show what lies here.' };
    case 'warp': {
      const rim = FLOW_SCALE * Math.max(facts?.size.width ?? 0, facts?.size.height ?? 0);
      return { kind: 'wheel', rim: `${rim.toFixed(0)} px` };
    }
    case 'visible':
      return { kind: 'text', text: 'Red: hidden in the other view. Hatched: nothing known.' };
    case 'sky':
      return { kind: 'text', text: 'Blue: sky, left out of truth and scores.' };
    case 'error':
      return {
        kind: 'ramp',
        title: 'Error, px at a long side of 640',
        map: 'turbo',
        ticks: ['0', (maxError / 2).toFixed(1), `${maxError.toFixed(0)}+`],
      };
    case 'certainty':
      return { kind: 'ramp', title: 'Certainty of the matcher', map: 'viridis', ticks: ['0', '0.5', '1'] };
    default:
      return null;
  }
}
