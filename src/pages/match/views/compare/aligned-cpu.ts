import type { PlaneUniforms } from '../pane/bindings.ts';
import { COMPARE_MODES } from '../../contract/view.ts';
import { clamp, landingCover, mipLevel, mixRgb, onStage, readThere, unitAt, unknownColor } from '../pane/cpu.ts';
import type { Landing, PanePicture, PaneScene, Rgb, Vec2 } from '../pane/cpu.ts';
import { sampleLevels } from '../../../../compute/mip-chain/cpu.ts';

const DIVIDER_WIDTH = 2;

/** A against B laid on A's plane by the homography of the pane's uniforms, which must be there. */
export const drawAligned: PanePicture = (scene, x, y) => {
  const { pane, here } = scene;
  const { canvas, planeRow2 } = pane as typeof pane & PlaneUniforms;
  const mode = COMPARE_MODES[pane.mode];
  const onCanvas = unitAt(scene, x, y);
  const unit: Vec2 = [canvas[0] + onCanvas[0] * canvas[2], canvas[1] + onCanvas[1] * canvas[3]];
  const step: Vec2 = [canvas[2] / pane.rect[2], canvas[3] / pane.rect[3]];
  const landing = throughPlane(pane as typeof pane & PlaneUniforms, unit);
  const inFront = planeRow2[0] * unit[0] + planeRow2[1] * unit[1] + planeRow2[2] > 1e-6;
  const colorHere = sampleLevels(here, unit[0], unit[1], mipLevel(here, [step[0], 0], [0, step[1]]));
  const there = inFront ? readThere(scene, landing) : colorHere;
  const inside = (axis: 0 | 1) => clamp(Math.min(unit[axis], 1 - unit[axis]) / step[axis] + 0.5);
  const coverHere = inside(0) * inside(1);
  const coverThere = inFront ? landingCover(scene, landing) : 0;
  const both = coverHere * coverThere;
  const none = (1 - coverHere) * (1 - coverThere);
  const sum = (...parts: [share: number, color: readonly number[]][]): Rgb =>
    [0, 1, 2].map((c) => parts.reduce((total, [share, color]) => total + share * color[c], 0)) as Rgb;
  if (mode === 'difference') {
    const difference = colorHere.map((c, i) => Math.abs(c - there[i]));
    const alone = 1 - both - none;
    return onStage(scene, sum([both, difference], [alone, unknownColor(scene, x, y)], [none, pane.ground]), onCanvas);
  }
  let color = sum(
    [both, mixRgb(colorHere, there, mixture(scene, x, unit))],
    [coverHere * (1 - coverThere), colorHere],
    [(1 - coverHere) * coverThere, there],
    [none, pane.ground],
  );
  if (mode === 'swipe') {
    const reach = Math.abs(x - pane.dividerX);
    const half = 0.5 * DIVIDER_WIDTH * pane.pixelRatio;
    color = mixRgb(color, [0, 0, 0], 0.35 * clamp(half + pane.pixelRatio + 0.5 - reach));
    color = mixRgb(color, [1, 1, 1], clamp(half + 0.5 - reach));
  }
  return onStage(scene, color, onCanvas);
};

/** Where a place of A (unit) lies in B, its motion told for steps of the whole canvas. */
function throughPlane({ planeRow0, planeRow1, planeRow2, canvas }: PlaneUniforms, [u, v]: Vec2): Landing {
  const row = (r: readonly number[]) => r[0] * u + r[1] * v + r[2];
  const w = row(planeRow2);
  const unit: Vec2 = [row(planeRow0) / w, row(planeRow1) / w];
  const along = (axis: 0 | 1): Vec2 => [
    ((planeRow0[axis] - unit[0] * planeRow2[axis]) * canvas[2 + axis]) / w,
    ((planeRow1[axis] - unit[1] * planeRow2[axis]) * canvas[2 + axis]) / w,
  ];
  return { unit, alongX: along(0), alongY: along(1) };
}

function mixture({ pane }: PaneScene, x: number, [u, v]: Vec2): number {
  const mode = COMPARE_MODES[pane.mode];
  if (mode === 'swipe') return clamp(pane.dividerX - x + 0.5);
  if (mode !== 'checker') return pane.amount;
  const cell = pane.checkerSize * Math.max(...pane.photo);
  return (Math.floor((u * pane.photo[0]) / cell) + Math.floor((v * pane.photo[1]) / cell)) & 1;
}
