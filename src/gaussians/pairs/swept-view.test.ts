import { describe, expect, it } from 'vitest';
import { viewpointAngle } from '../../geometry/pinhole.ts';
import { cameraCentre, lookAt, movedTo, relativePose, type SplatCamera } from '../camera.ts';
import { sweptView } from './swept-view.ts';

const LENS = { width: 320, height: 240, fx: 300, fy: 300, cx: 160, cy: 120 } as const;
const EYE = [3, -2, 1] as const;
const TARGET = [0, 0.5, -1] as const;
const DEPTH = Math.hypot(3, 2.5, 2);
const rotation = lookAt(EYE, TARGET, [0, -1, 0]);
const CAMERA: SplatCamera = movedTo({ ...LENS, rotation, translation: [0, 0, 0] }, rotation, EYE);

/** Place and depth of the point that the first view looks at. */
function seen({ rotation: r, translation: t, fx, fy, cx, cy }: SplatCamera) {
  const [x, y, z] = [0, 3, 6].map(
    (row, k) => r[row] * TARGET[0] + r[row + 1] * TARGET[1] + r[row + 2] * TARGET[2] + t[k],
  );
  return [(fx * x) / z + cx, (fy * y) / z + cy, z];
}

const near = (values: number[]) => values.map((value) => expect.closeTo(value, 9));

describe('views of a breaking-point sweep', () => {
  it.each([0, 15, -40, 120])('turns by exactly %d degrees about what is looked at', (angle) => {
    const view = sweptView(CAMERA, DEPTH, 'angle', angle);
    expect(viewpointAngle(relativePose(CAMERA, view).rotation)).toBeCloseTo(Math.abs(angle), 5);
    expect(seen(view)).toEqual(near([160, 120, DEPTH]));
  });

  it('goes to the right where the angle is positive', () => {
    const [x] = relativePose(CAMERA, sweptView(CAMERA, DEPTH, 'angle', 20)).translation;
    const moved = cameraCentre(sweptView(CAMERA, DEPTH, 'angle', 20)).map((value, k) => value - EYE[k]);
    const right = moved[0] * rotation[0] + moved[1] * rotation[1] + moved[2] * rotation[2];
    expect(right).toBeGreaterThan(0.1);
    expect(Math.abs(x)).toBeGreaterThan(0.1);
  });

  it('changes the focal length or the distance alone', () => {
    const zoomed = sweptView(CAMERA, DEPTH, 'focal', 2.5);
    expect(zoomed).toEqual({ ...CAMERA, fx: 750, fy: 750 });
    const far = sweptView(CAMERA, DEPTH, 'distance', 3);
    expect(far.rotation).toEqual(CAMERA.rotation);
    expect(seen(far)).toEqual(near([160, 120, 3 * DEPTH]));
  });
});
