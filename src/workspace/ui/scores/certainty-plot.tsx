import type { MatchScore } from '../../../core/match-score.ts';

import { Plot, PLOT, pathOf, xScale, yScale } from './plot.tsx';

const HALF_BIN = 0.05;
const SHARES = [0, 0.5, 1].map((at) => ({ at, text: String(at) }));

/** Mean error of the places of each tenth of certainty, over bars that tell how many places that are. */
export function CertaintyPlot({ curve }: { curve: MatchScore['curve'] }) {
  const errors = curve.flatMap(({ error }) => error ?? []);
  if (errors.length === 0) return null;
  const top = niceTop(Math.max(...errors));
  const most = Math.max(1, ...curve.map(({ places }) => places));
  const x = xScale(0, 1);
  const y = yScale(0, top);
  const bars = yScale(0, most);
  const base = PLOT.height - PLOT.bottom;
  const points = curve.map(({ certainty, error }) => (error === null ? null : { x: x(certainty), y: y(error) }));
  return (
    <figure className="plot-figure">
      <figcaption>Error against certainty</figcaption>
      <Plot
        label="Mean error in pixels for each tenth of the matcher’s certainty"
        x={x}
        y={y}
        xTicks={SHARES}
        yTicks={[0, top / 2, top].map((at) => ({ at, text: String(at) }))}
        xTitle="certainty (bars: share of places) – error in px"
      >
        {curve.map(({ certainty, places }) => (
          <rect
            key={certainty}
            x={x(certainty - HALF_BIN) + 1}
            width={x(2 * HALF_BIN) - x(0) - 2}
            y={bars(places)}
            height={base - bars(places)}
            fillOpacity="0.1"
          />
        ))}
        <path d={pathOf(points)} fill="none" stroke="#3b7ddd" strokeWidth="2" />
        {points.map((point, i) => point && <circle key={i} cx={point.x} cy={point.y} r="2.6" fill="#3b7ddd" />)}
      </Plot>
    </figure>
  );
}

/** The next of 1, 2, 5, 10, 20 … above a value. */
function niceTop(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(Math.max(value, 1e-3)));
  return Number(([1, 2, 5, 10].find((step) => step * unit >= value)! * unit).toPrecision(1));
}
