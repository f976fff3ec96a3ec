import type { CameraPose } from '../camera.ts';
import type { Scene } from '../render.ts';
import { facade } from './facade.ts';
import { stillLife } from './still-life.ts';

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
    b: { scene: stillLife, pose: { from: [0.62, 0.5, 1.12], to: [0.05, 0.12, -0.05], fov: 50 } },
  },
  {
    id: 'facade',
    title: 'Old house, seen along the street',
    description: 'From the front and at a steep angle: strong perspective.',
    related: true,
    a: { scene: facade, pose: { from: [-0.6, 2.6, 11.5], to: [-0.1, 3.7, 0], fov: 52 } },
    b: { scene: facade, pose: { from: [-8.2, 1.7, 5.2], to: [-0.6, 3.3, 0], fov: 62 } },
  },
];
