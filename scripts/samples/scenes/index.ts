import type { CameraPose } from '../camera.ts';
import type { Scene } from '../render.ts';
import { facade } from './facade.ts';
import { mosaic } from './mosaic.ts';
import { shore } from './shore.ts';
import { squareAtDusk, squareByDay } from './square.ts';
import { stillLife } from './still-life.ts';
import { terrain } from './terrain.ts';

/** One photo of a sample: a scene and where it is seen from. */
export interface Shot {
  scene: () => Scene;
  pose: CameraPose;
}

/** A pair for the app's gallery. Shots of different places have no truth. */
export interface Sample {
  id: string;
  title: string;
  description: string;
  a: Shot;
  b: Shot;
  related: boolean;
}

export const SAMPLES: readonly Sample[] = [
  {
    id: 'still-life',
    title: 'Kitchen table',
    description: 'A step to the right: near things hide others.',
    related: true,
    a: { scene: stillLife, pose: { from: [-0.28, 0.62, 1.35], to: [0.02, 0.13, -0.05], fov: 48 } },
    b: { scene: stillLife, pose: { from: [0.16, 0.54, 1.24], to: [0.06, 0.13, -0.05], fov: 50 } },
  },
  {
    id: 'facade',
    title: 'Old house, seen along the street',
    description: 'From the front and at a steep angle: strong perspective.',
    related: true,
    a: { scene: facade, pose: { from: [-0.6, 2.6, 11.5], to: [-0.1, 3.7, 0], fov: 52 } },
    b: { scene: facade, pose: { from: [-7.4, 1.9, 6.6], to: [-0.7, 3.3, 0], fov: 58 } },
  },
  {
    id: 'valley',
    title: 'Valley from the air',
    description: 'Relief seen straight from above and from the side.',
    related: true,
    a: { scene: terrain, pose: { from: [0, 3.2, 0.5], to: [0, 0, 0], fov: 46 } },
    b: { scene: terrain, pose: { from: [1.5, 1.75, 1.9], to: [-0.08, 0.05, -0.15], fov: 50 } },
  },
  {
    id: 'mosaic',
    title: 'Mosaic floor, turned and nearer',
    description: 'Rotated by 60° and twice as near.',
    related: true,
    a: { scene: mosaic, pose: { from: [0, 2.9, 1.1], to: [0, 0, 0.02], fov: 50 } },
    b: { scene: mosaic, pose: { from: [0.55, 1.7, 0.35], to: [0.2, 0, -0.12], fov: 50, roll: 60 } },
  },
  {
    id: 'square',
    title: 'A square at noon and in the evening',
    description: 'The sun from another side, lamps lit, a few steps apart.',
    related: true,
    a: { scene: squareByDay, pose: { from: [-0.6, 1.9, 7.4], to: [-0.2, 2.35, -2], fov: 60 } },
    b: { scene: squareAtDusk, pose: { from: [0.5, 1.8, 7.0], to: [-0.3, 2.3, -2], fov: 61 } },
  },
  {
    id: 'elsewhere',
    title: 'Two different places',
    description: 'A beach and a street: nothing to match, and the app says so.',
    related: false,
    a: { scene: shore, pose: { from: [0, 1.05, 3.4], to: [0.1, 0.0, -1], fov: 56 } },
    b: { scene: facade, pose: { from: [4.9, 2.0, 6.6], to: [1.6, 2.5, 0], fov: 52, roll: 0 } },
  },
];
