import type { SceneFacts, ScenePicture } from '../contract/api.ts';
import { RULE_NAMES } from '../params.ts';

/** Which depth is used, and why, as a sentence. */
export function whyThisDepth({ rule, flatness, because }: SceneFacts['depth'], chosen: string): string {
  const name = RULE_NAMES[rule];
  const phi = flatness.toFixed(flatness < 0.01 ? 4 : 2);
  const reason = {
    tag: 'the file says that its Gaussians are discs, whose planes give the depth.',
    flat: `flatness ${phi} is below 0.1: its Gaussians are discs, whose planes give the depth.`,
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
