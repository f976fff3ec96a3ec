import { expect, test } from 'vitest';
import { multiply3 } from '../../core/matrix3.ts';
import { axisAngleOf, rotationOf } from '../../core/rotation.ts';
import { relativePose, transpose3 } from '../camera.ts';
import type { TwoViewInput } from '../two-view/build.ts';
import { cameraAt, photoOf } from '../two-view/two-planes.test-helper.ts';
import { refineCameras, refinedInput } from './refine-cameras.ts';

const [A, B] = [cameraAt(0), cameraAt(1)];
const GRID = { width: 53, height: 41 };
const { rotation, translation } = relativePose(A, B);
const length = Math.hypot(...translation);
// Of the pose 0.8° away from the truth.
const off = rotationOf([0.004, 0.013, -0.003]);
const input: TwoViewInput = {
  photos: { a: photoOf(A, B, GRID), b: photoOf(B, A, GRID) },
  pose: {
    rotation: multiply3(off, rotation),
    translation: [translation[0] / length, translation[1] / length, translation[2] / length],
  },
};

test('refining draws each photo better from the other’s Gaussians, and what was found makes the next scene', async () => {
  const steps: number[] = [];
  const found = await refineCameras(input, 5, (done) => void steps.push(done), { side: 28 });
  expect(steps).toEqual([1, 2, 3, 4, 5]);
  expect(found.loss[1]).toBeLessThan(0.99 * found.loss[0]);
  const next = refinedInput(input, found);
  expect(Math.hypot(...next.pose.translation)).toBeCloseTo(1, 9);
  const turned = Math.hypot(...axisAngleOf(multiply3(next.pose.rotation, transpose3(input.pose.rotation))));
  expect(turned).toBeGreaterThan(1e-4);
  expect(turned).toBeLessThan(0.02);
  expect(next.photos.a.focal[0] / input.photos.a.focal[0]).toBeCloseTo(found.zoom, 9);
  // A is where it was and looks as it did; the zoom is the same for both.
  expect(next.photos.b.focal[1] / input.photos.b.focal[1]).toBeCloseTo(found.zoom, 9);
});

test('it ends at once where it is told to', async () => {
  const seen: number[] = [];
  const ended = refineCameras(
    input,
    50,
    (done) => {
      seen.push(done);
      if (done === 2) throw new DOMException('Enough.', 'AbortError');
    },
    { side: 24 },
  );
  await expect(ended).rejects.toThrow('Enough.');
  expect(seen).toEqual([1, 2]);
});
