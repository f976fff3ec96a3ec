import type { ViewSweep } from '../../../gaussians/pairs/swept-view.ts';
import type { SceneFacts, ScenePicture, SceneStage } from '../contract/api.ts';
import { RULE_NAMES } from '../params.ts';

/** Which depth is used, and why, as a sentence. */
export function whyThisDepth({ rule, flatness, because }: SceneFacts['depth'], chosen: string): string {
  const name = RULE_NAMES[rule];
  const phi = flatness.toFixed(flatness < 0.01 ? 4 : 2);
  const reason = {
    tag: 'the file says that its Gaussians are discs, whose planes give the depth.',
    flat: `flatness ${phi} is below 0.1: its Gaussians are discs, whose planes give the depth.`,
    asked: 'it was asked for.',
    round: `flatness ${phi} is not below 0.1: thick Gaussians have no plane, and the ray’s median is best.`,
  }[because];
  return chosen === 'auto' || chosen === rule
    ? `${name}: ${reason}`
    : `Chosen by hand. By itself: ${name}, as ${reason}`;
}

/** How the colours of a picture are read. */
export function pictureHint(picture: ScenePicture): string | undefined {
  return {
    colour: undefined,
    alpha: 'Dark lets through, bright is opaque.',
    depth: 'Red is near, blue is far.',
    normal: 'Right is red, up is green, towards the camera is blue.',
    dominant: 'A colour of its own for the strongest Gaussian of each pixel.',
    flatness: 'Dark is a disc, bright a ball.',
    facing: 'Dark is grazed, bright is seen face on.',
    contributors: 'Dark is none, bright 64 or more.',
    difference: 'Dark is none, bright 5 % or more.',
  }[picture];
}

export const STAGE_TEXTS: Record<SceneStage, string> = {
  fetch: 'Fetching',
  read: 'Reading',
  prepare: 'Preparing',
  render: 'Rendering',
  draw: 'Looking for views',
  'load-model': 'Loading the model',
  encode: 'Encoding',
  match: 'Matching',
  score: 'Scoring',
  write: 'Writing',
};

export const SWEEP_NAMES: Record<ViewSweep, string> = {
  angle: 'Angle between the views',
  focal: 'Focal length of B by A’s',
  distance: 'Distance of B by A’s',
};

export const SWEEP_UNITS: Record<ViewSweep, string> = { angle: 'degrees', focal: 'times', distance: 'times' };
