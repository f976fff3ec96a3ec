import type { ReactNode } from 'react';

/** The drawing area of a plot; pixels of its own SVG, which is scaled to the panel. */
export const PLOT = { width: 320, height: 190, left: 34, right: 10, top: 10, bottom: 34 } as const;

export type Scale = (value: number) => number;

/** Pixels for a value between two ends, the first of which may be the larger. */
export const linearScale =
  (from: number, to: number, low: number, high: number): Scale =>
  (value) =>
    low + ((value - from) / (to - from || 1)) * (high - low);

export const xScale = (from: number, to: number): Scale => linearScale(from, to, PLOT.left, PLOT.width - PLOT.right);
export const yScale = (from: number, to: number): Scale => linearScale(from, to, PLOT.height - PLOT.bottom, PLOT.top);

interface PlotProps {
  label: string;
  x: Scale;
  y: Scale;
  xTicks: readonly { at: number; text: string }[];
  yTicks: readonly { at: number; text: string }[];
  xTitle: string;
  children: ReactNode;
  svgRef?: React.Ref<SVGSVGElement>;
}

/**
 * Axes with a light grid around whatever is plotted. All looks are attributes and inherited colours, not style sheets,
 * so that the drawing can be saved as a picture.
 */
export function Plot({ label, x, y, xTicks, yTicks, xTitle, children, svgRef }: PlotProps) {
  const { width, height, left, right, bottom } = PLOT;
  const base = height - bottom;
  return (
    <svg
      ref={svgRef}
      className="plot"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
      fontSize="10.5"
      fill="currentColor"
    >
      {yTicks.map(({ at, text }) => (
        <g key={at}>
          <line x1={left} x2={width - right} y1={y(at)} y2={y(at)} stroke="currentColor" strokeOpacity="0.14" />
          <text x={left - 5} y={y(at) + 3.5} textAnchor="end" fillOpacity="0.7">
            {text}
          </text>
        </g>
      ))}
      {xTicks.map(({ at, text }) => (
        <text key={at} x={x(at)} y={base + 13} textAnchor="middle" fillOpacity="0.7">
          {text}
        </text>
      ))}
      <line x1={left} x2={width - right} y1={base} y2={base} stroke="currentColor" strokeOpacity="0.4" />
      <text x={(left + width - right) / 2} y={height - 5} textAnchor="middle" fillOpacity="0.7">
        {xTitle}
      </text>
      {children}
    </svg>
  );
}

/** An SVG path through points, in pieces where a point is missing. */
export function pathOf(points: readonly ({ x: number; y: number } | null)[]): string {
  let isDrawing = false;
  return points
    .flatMap((point) => {
      const command = isDrawing ? 'L' : 'M';
      isDrawing = point !== null;
      return point ? [`${command}${point.x.toFixed(1)} ${point.y.toFixed(1)}`] : [];
    })
    .join('');
}
