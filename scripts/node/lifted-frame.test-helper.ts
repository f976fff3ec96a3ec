import { join } from 'node:path';
import type { Vector3 } from '../../src/core/rotation.ts';
import { drawL2mView } from '../../src/geometry/lift/camera.ts';
import { DEFAULT_LIFT, type LiftSettings } from '../../src/pages/lift/contract/settings.ts';
import { liftScene, renderFrame } from '../../src/pages/lift/worker/drawing/cpu-frame.ts';
import type { PlainFrame } from '../../src/pages/lift/worker/drawing/frame.ts';
import { liftMaker } from './lift-maker.ts';
import { ROOT } from './tools.mjs';

type Motion = LiftSettings['motion'];

/** Half of a motion drawn from the studio's ranges, so that most of the photo stays in view. */
const halved = ({ rotation, translation, zoom }: Motion): Motion => {
  const half = ([x, y, z]: Vector3): [number, number, number] => [x / 2, y / 2, z / 2];
  return { rotation: half(rotation), translation: half(translation), zoom };
};

/** A sample photo by its own depth and a view of it with its truth, 256 pixels wide. */
export async function liftedFrame(sample: string, seed: number): Promise<PlainFrame> {
  const path = join(ROOT, 'public', 'samples', sample);
  const settings: LiftSettings = {
    ...DEFAULT_LIFT,
    motion: halved(drawL2mView(seed).motion),
    render: { ...DEFAULT_LIFT.render, longSide: 256 },
    depth: { ...DEFAULT_LIFT.depth, focal: 0.9 },
  };
  const depth = { path: join(path, 'disparity-a.png'), meaning: 'disparity' as const };
  const photo = { name: sample, path: join(path, 'a.jpg'), depth };
  const scene = await liftMaker().openScene(photo, settings, new AbortController().signal);
  return renderFrame({ scene, settings, seed: 1 }, liftScene(scene, settings, null)).frame;
}
