import { describe, expect, it } from 'vitest';
import type { PlainField } from '../../../../compute/field/cpu.ts';
import { mipChain } from '../../../../compute/mip-chain/cpu.ts';
import { ROW_FLOATS } from '../../../../compute/sample-matches/cpu.ts';
import { COMPARE_MODES } from '../../contract/view.ts';
import { DEFAULT_VIEW } from '../../params.ts';
import { drawMatchesOn } from '../../views/matches/canvas.ts';
import { drawPicture, type FieldPicture, pictureSize } from './cpu-picture.ts';
import { STAGE_COLORS } from '../../../../core/colors/stage-colors.ts';

const SIZE = { width: 12, height: 9 };
const COUNT = SIZE.width * SIZE.height;

function photo(shade: (x: number, y: number) => [number, number, number]) {
  const data = new Uint8ClampedArray(COUNT * 4);
  for (let y = 0; y < SIZE.height; y++) {
    for (let x = 0; x < SIZE.width; x++) data.set([...shade(x, y), 255], (y * SIZE.width + x) * 4);
  }
  return { data, ...SIZE };
}

/** Every place of A is matched to the same place of B; the left half is certain. */
function field(): PlainField {
  const warp = new Float32Array(COUNT * 2);
  for (let i = 0; i < COUNT; i++) {
    warp[i] = (2 * ((i % SIZE.width) + 0.5)) / SIZE.width - 1;
    warp[COUNT + i] = (2 * (Math.floor(i / SIZE.width) + 0.5)) / SIZE.height - 1;
  }
  const certainty = Float32Array.from({ length: COUNT }, (_, i) => (i % SIZE.width < SIZE.width / 2 ? 1 : 0));
  return { grid: SIZE, photo: SIZE, warp, certainty, cycle: new Float32Array(COUNT) };
}

const A = photo((x, y) => [20 * x, 25 * y, 60]);
const B = photo((x, y) => [250 - 20 * x, 20 * y, 130]);

function draw(kind: FieldPicture, patch = {}) {
  const pane = { side: 'a' as const, kind, rect: { x: 40, y: 30, width: 700, height: 300 } };
  const subject = { pane, photo: SIZE, here: mipChain(A), there: mipChain(B), field: field() };
  return drawPicture(
    subject,
    { ...DEFAULT_VIEW, view: kind, camera: { x: 0.2, y: 0.3, scale: 9 }, ...patch },
    STAGE_COLORS.light,
    SIZE.width,
  ).data;
}

const pixel = (data: Uint8ClampedArray, x: number, y: number) => [
  ...data.subarray((y * SIZE.width + x) * 4, (y * SIZE.width + x) * 4 + 4),
];

describe('pictures without WebGPU', () => {
  it('rebuild A from B where the match is certain, and leave the background elsewhere, whatever the camera', () => {
    const white = draw('warp', { background: 'white' });
    const black = draw('warp', { background: 'black' });
    for (const [x, y] of [
      [1, 1],
      [3, 5],
      [2, 7],
    ]) {
      expect(pixel(white, x, y)).toEqual(pixel(B.data, x, y));
      expect(pixel(black, x, y)).toEqual(pixel(B.data, x, y));
    }
    expect(pixel(white, 9, 4)).toEqual([255, 255, 255, 255]);
    expect(pixel(black, 9, 4)).toEqual([0, 0, 0, 255]);
  });

  it('show no motion as white and uncertain places as hatching', () => {
    const flow = draw('flow');
    expect(pixel(flow, 2, 4)).toEqual([255, 255, 255, 255]);
    expect(Math.max(...pixel(flow, 9, 4).slice(0, 3))).toBeLessThan(240);
  });

  it('are all opaque and differ from each other', () => {
    const pictures = (['warp', 'certainty', 'flow', 'compare', 'cycle'] as const).map((kind) => draw(kind));
    for (const picture of pictures) expect(picture.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true);
    expect(new Set(pictures.map(String)).size).toBe(pictures.length);
  });

  it('differ by compare mode as far as it is worked out here', () => {
    const modes = COMPARE_MODES.filter((mode) => mode !== 'flicker' && mode !== 'morph');
    expect(
      new Set(modes.map((compareMode) => String(draw('compare', { compareMode, amount: 0.4, checkerSize: 0.3 })))).size,
    ).toBe(modes.length);
  });

  it('lay B on A by a homography, and show both photos whole on a canvas', () => {
    const pane = { side: 'a' as const, kind: 'compare' as const, rect: { x: 0, y: 0, width: 70, height: 30 } };
    // B continues A to the right, half a photo further.
    const alignment = {
      homography: [1, 0, -0.5, 0, 1, 0, 0, 0, 1] as const,
      canvas: { x: 0, y: 0, width: 1.5, height: 1 },
    };
    const half = { a: [1, 1], b: [1, 1] } as const;
    const inliers = { kind: 'homography', matrix: alignment.homography, half, threshold: 1 } as const;
    const fit = { inliers, alignment };
    const subject = { pane, photo: SIZE, here: mipChain(A), there: mipChain(B), field: field(), fit };
    const shot = (compareBy: 'plane' | 'panorama', amount: number) =>
      drawPicture(subject, { ...DEFAULT_VIEW, compareBy, compareMode: 'blend', amount }, STAGE_COLORS.light, 1000);
    const plane = shot('plane', 1);
    expect(plane).toMatchObject(SIZE);
    expect(pixel(plane.data, 2, 4)).toEqual(pixel(A.data, 2, 4));
    expect(pixel(plane.data, 8, 4)).toEqual(pixel(B.data, 2, 4));
    const { width, height, data } = shot('panorama', 0);
    expect([width, height]).toEqual([18, 9]);
    const at = (x: number, y: number) => [...data.subarray((y * 18 + x) * 4, (y * 18 + x) * 4 + 4)];
    expect(at(8, 4)).toEqual(pixel(A.data, 8, 4));
    expect(at(15, 4)).toEqual(pixel(B.data, 9, 4));
  });

  it('keep the photo’s shape within the side they are worked out at', () => {
    expect(pictureSize({ width: 4000, height: 3000 }, 320)).toEqual({ width: 320, height: 240 });
    expect(pictureSize({ width: 1, height: 4000 }, 320)).toEqual({ width: 1, height: 320 });
    expect(pictureSize({ width: 100, height: 50 }, 320)).toEqual({ width: 100, height: 50 });
  });
});

describe('matches without WebGPU', () => {
  const values = {
    stage: [200, 100] as [number, number],
    photoA: [0, 0, 100, 100] as [number, number, number, number],
    photoB: [100, 0, 100, 100] as [number, number, number, number],
    paneA: [0, 0, 100, 100] as [number, number, number, number],
    paneB: [100, 0, 100, 100] as [number, number, number, number],
    lineWidth: 2,
    lineAlpha: 0.5,
    dotRadius: 3,
    dotAlpha: 1,
    ring: 0,
    colorBy: 'position' as const,
    colorMap: 0,
    model: null,
  };

  function record(rows: Float32Array, points: boolean) {
    const lines: number[][] = [];
    const dots: number[][] = [];
    const colors: string[] = [];
    const context = {
      lineWidth: 0,
      globalAlpha: 1,
      strokeStyle: '',
      fillStyle: '',
      beginPath: () => undefined,
      moveTo: (...at: number[]) => void lines.push(at),
      lineTo: (...at: number[]) => void lines.at(-1)!.push(...at),
      arc: (x: number, y: number) => void dots.push([x, y]),
      stroke: () => undefined,
      fill() {
        colors.push(this.fillStyle);
      },
    };
    drawMatchesOn(context, rows, values, points);
    return { lines, dots, colors };
  }

  const rows = new Float32Array(2 * ROW_FLOATS);
  rows.set([-1, -1, 0, 0, 0.9]);
  // Its place in B lies outside the pane.
  rows.set([0.5, 0.5, 1.5, 0, 0.4], ROW_FLOATS);

  it('are lines between places that are both seen, and dots where they are', () => {
    const { lines, dots, colors } = record(rows, false);
    expect(lines).toEqual([[0, 0, 150, 50]]);
    expect(dots).toEqual([
      [0, 0],
      [150, 50],
      [75, 75],
    ]);
    expect(colors[0]).toBe(colors[1]);
    expect(colors[0]).not.toBe(colors[2]);
    expect(colors[0]).toMatch(/^rgb\(\d+ \d+ \d+\)$/);
  });

  it('are dots alone where points are asked for', () => {
    expect(record(rows, true)).toMatchObject({
      lines: [],
      dots: [
        [0, 0],
        [150, 50],
        [75, 75],
      ],
    });
  });
});
