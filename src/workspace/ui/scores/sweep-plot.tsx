import { PCK_THRESHOLDS } from '../../../core/match-score.ts';
import type { Ref } from 'react';

import type { SweepCurve } from '../../scores/sweep-table.ts';
import { PLOT, Plot, pathOf, xScale, yScale } from './plot.tsx';

/** Told apart by people who see few colours, and readable on both themes: after Okabe and Ito. */
const COLOURS = ['#2a86cc', '#d55e00', '#009e73', '#cc79a7', '#8a6d00', '#56b4e9'];
const SHARES = [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, text: String(at) }));

export const curveColour = (index: number): string => COLOURS[index % COLOURS.length];

interface SweepPlotProps {
  curves: readonly SweepCurve[];
  /** Index into PCK_THRESHOLDS. */
  threshold: number;
  from: number;
  to: number;
  title: string;
  svgRef: Ref<SVGSVGElement>;
}

/** Share of right places at every step, a line a matcher; steps without any true place leave a gap. */
export function SweepPlot({ curves, threshold, from, to, title, svgRef }: SweepPlotProps) {
  const x = xScale(from, to);
  const y = yScale(0, 1);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => from + share * (to - from));
  return (
    <Plot
      label={`PCK@${PCK_THRESHOLDS[threshold]} of ${curves.map(({ name }) => name).join(', ')} over ${title}`}
      svgRef={svgRef}
      x={x}
      y={y}
      xTicks={ticks.map((at) => ({ at, text: String(Number(at.toFixed(2))) }))}
      yTicks={SHARES}
      xTitle={`${title} – PCK@${PCK_THRESHOLDS[threshold]} px`}
    >
      {curves.map(({ model, name, points }, i) => {
        const places = points.map(({ value, score }) =>
          score.places > 0 ? { x: x(value), y: y(score.pck[threshold]) } : null,
        );
        return (
          <g key={model} data-curve={model}>
            <path d={pathOf(places)} fill="none" stroke={curveColour(i)} strokeWidth="2" strokeLinejoin="round" />
            {places.map(
              (place, p) => place && <circle key={p} cx={place.x} cy={place.y} r="2.6" fill={curveColour(i)} />,
            )}
            <text
              x={PLOT.width - PLOT.right - 2}
              y={PLOT.top + 11 + 13 * i}
              textAnchor="end"
              fill={curveColour(i)}
              fontWeight="600"
            >
              {name}
            </text>
          </g>
        );
      })}
    </Plot>
  );
}
