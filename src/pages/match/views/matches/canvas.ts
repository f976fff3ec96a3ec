import type { MatchUniforms } from './gpu.ts';
import { matchColor } from './cpu.ts';
import { ROW_FLOATS } from '../../../../compute/sample-matches/cpu.ts';

type Vec4 = readonly [x: number, y: number, width: number, height: number];
type Point = [x: number, y: number];

/** The part of a 2D canvas that the matches need. */
export type MatchContext = Pick<
  OffscreenCanvasRenderingContext2D,
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'arc'
  | 'stroke'
  | 'fill'
  | 'strokeStyle'
  | 'fillStyle'
  | 'lineWidth'
  | 'globalAlpha'
>;

/** Lines and dots of sampled matches over both panes, as shaders/match/draw-matches.wgsl places and colours them. */
export function drawMatchesOn(context: MatchContext, rows: Float32Array, values: MatchUniforms, points: boolean): void {
  const matches = Array.from({ length: rows.length / ROW_FLOATS }, (_, i) => {
    const row = rows.subarray(i * ROW_FLOATS, (i + 1) * ROW_FLOATS);
    return {
      a: placeOn(values.photoA, row[0], row[1]),
      b: placeOn(values.photoB, row[2], row[3]),
      color: colorOf(values, row),
    };
  });
  context.lineWidth = values.lineWidth;
  context.globalAlpha = values.lineAlpha;
  for (const { a, b, color } of points ? [] : matches) {
    if (!isIn(values.paneA, a) || !isIn(values.paneB, b)) continue;
    context.strokeStyle = color;
    context.beginPath();
    context.moveTo(...a);
    context.lineTo(...b);
    context.stroke();
  }
  context.globalAlpha = values.dotAlpha;
  context.strokeStyle = 'rgb(0 0 0 / 60%)';
  context.lineWidth = values.ring;
  for (const { a, b, color } of matches) {
    context.fillStyle = color;
    for (const [pane, centre] of [
      [values.paneA, a],
      [values.paneB, b],
    ] as const) {
      if (!isIn(pane, centre)) continue;
      context.beginPath();
      context.arc(...centre, values.dotRadius + values.ring / 2, 0, 2 * Math.PI);
      context.fill();
      if (values.ring > 0) context.stroke();
    }
  }
  context.globalAlpha = 1;
}

const colorOf = (values: MatchUniforms, row: Float32Array): string =>
  `rgb(${matchColor(values, row)
    .map((c) => Math.round(c * 255))
    .join(' ')})`;

const placeOn = ([x, y, width, height]: Vec4, nx: number, ny: number): Point => [
  x + 0.5 * (nx + 1) * width,
  y + 0.5 * (ny + 1) * height,
];

const isIn = ([x, y, width, height]: Vec4, [px, py]: Point): boolean =>
  px >= x && py >= y && px <= x + width && py <= y + height;
