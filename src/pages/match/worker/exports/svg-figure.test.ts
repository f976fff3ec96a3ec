import { describe, expect, it } from 'vitest';
import { drawMatchesOn } from '../../views/matches/canvas.ts';
import { ROW_FLOATS } from '../../../../compute/sample-matches/cpu.ts';
import type { Legend } from '../../../../core/colors/legend.ts';
import { DEFAULT_VIEW } from '../../params.ts';
import { matchUniforms } from '../../views/matches/uniforms.ts';
import { svgFigure } from './svg-figure.ts';
import { SvgPen } from './svg-pen.ts';

const STAGE = { width: 408, height: 150 };
const figure = (changes: Partial<Parameters<typeof svgFigure>[0]> = {}) =>
  svgFigure({
    crop: { x: 0, y: 10, ...STAGE },
    scale: 2,
    title: 'a & <b>\u0001',
    images: [
      {
        href: 'data:image/png;base64,AA==',
        rect: { x: -50, y: 0, width: 300, height: 150 },
        clip: { x: 0, y: 0, width: 200, height: 150 },
      },
    ],
    veil: 0,
    shapes: [],
    legend: null,
    wheel: null,
    ...changes,
  });

/** Every start tag has its end, in order, and attributes are quoted: what an XML parser asks first. */
function checkNesting(svg: string): void {
  const open: string[] = [];
  const tags = /<(\/?)([\w-]+)((?:\s[\w-]+="[^"<&]*(?:&\w+;[^"<&]*)*")*)\s*(\/?)>/g;
  for (const [, close, name, attributes, selfClosed] of svg.matchAll(tags)) {
    if (close) expect(open.pop()).toBe(name);
    else if (!selfClosed) open.push(name);
    expect(attributes).not.toContain('<');
  }
  expect(open).toEqual([]);
  expect(svg.match(/</g)).toHaveLength([...svg.matchAll(/<\/?[\w-]+(?:\s[\w-]+="[^"]*")*\s*\/?>/g)].length);
}

describe('a vector figure', () => {
  it('has the stage’s shape at the chosen scale, and is whole XML', () => {
    const svg = figure();
    expect(svg).toContain('width="816" height="300" viewBox="0 10 408 150"');
    expect(svg).toContain('<title>a &amp; &lt;b&gt;</title>');
    // The zoomed photo is cut at its pane.
    expect(svg).toContain('<svg x="0" y="0" width="200" height="150" viewBox="0 0 200 150"><image x="-50"');
    checkNesting(svg);
  });

  it.each<[Legend, number]>([
    [{ kind: 'text', text: 'Colour = place in A' }, 186],
    [{ kind: 'ramp', title: 'Certainty', map: 'magma', ticks: ['0', '0.5', '1'] }, 202],
    [{ kind: 'wheel', rim: '12 px' }, 234],
  ])('puts its legend below: %j', (legend, height) => {
    const svg = figure({ legend, wheel: 'data:image/png;base64,BB==' });
    expect(svg).toContain(`viewBox="0 10 408 ${height}"`);
    checkNesting(svg);
  });

  it('draws every match as a line and two dots', () => {
    const rows = new Float32Array(2 * ROW_FLOATS);
    rows.set([-0.5, 0, 0.5, 0, 1, 0]);
    rows.set([0.5, 0.5, 0, 0, 0.5, 0], ROW_FLOATS);
    const photo = { width: 200, height: 150 };
    const pane = (side: 'a' | 'b', x: number) => ({
      pane: { side, kind: 'photo' as const, rect: { x, y: 0, width: 200, height: 150 } },
      photo,
    });
    const frame = {
      settings: DEFAULT_VIEW,
      ground: [1, 1, 1, 1] as [number, number, number, number],
      stage: STAGE,
      pixelRatio: 1,
      linesShown: true,
      now: 0,
    };
    const pen = new SvgPen();
    drawMatchesOn(pen, rows, matchUniforms(frame, pane('a', 0), pane('b', 208)), false);
    const lines = pen.elements.filter((element) => element.startsWith('<path'));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('d="M50 75L358 75"');
    expect(pen.elements.filter((element) => /^<circle.* fill="rgb/.test(element))).toHaveLength(4);
    checkNesting(figure({ shapes: pen.elements }));
  });
});
