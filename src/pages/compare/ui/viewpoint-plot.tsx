import type { ProtocolTable } from '../state/protocols.ts';
import { binLabels } from '../state/protocols.ts';
import { type Contender, meanRecall, rowsInBin } from '../state/score-table.ts';
import { percent } from '../../../ui/format.ts';
import { contenderColor } from './contender-colors.ts';

/** The drawing's own units; it is scaled to the width there is. */
const SIZE = { width: 460, height: 220, left: 44, right: 12, top: 12, bottom: 28 };
const TICKS = [0, 0.25, 0.5, 0.75, 1];

const plotWidth = SIZE.width - SIZE.left - SIZE.right;
const plotHeight = SIZE.height - SIZE.top - SIZE.bottom;
const yOf = (share: number) => SIZE.top + (1 - share) * plotHeight;

/** Recall against the angle between the cameras, a line an encoder; bins without pairs interrupt nothing. */
export function ViewpointPlot({
  table,
  contenders,
  threshold,
}: {
  table: ProtocolTable;
  contenders: readonly Contender[];
  threshold: number;
}) {
  const labels = binLabels(table);
  const xOf = (bin: number) => SIZE.left + ((bin + 0.5) * plotWidth) / labels.length;
  const lines = contenders.map(({ name, rows }, i) => ({
    name,
    color: contenderColor(i),
    points: labels
      .map((_, bin) => ({ bin, share: meanRecall(table, rowsInBin(table, rows, bin))[threshold] }))
      .filter(({ share }) => !Number.isNaN(share)),
  }));
  if (lines.every(({ points }) => points.length === 0)) {
    return <p className="hint">None of these pairs has a known pose, so their viewpoints are unknown.</p>;
  }
  const told = lines
    .map(({ name, points }) => {
      return `${name}: ${points.map(({ bin, share }) => `${labels[bin]} ${percent(share)}`).join(', ')}`;
    })
    .join('; ');
  return (
    <figure className="viewpoint-plot">
      <svg viewBox={`0 0 ${SIZE.width} ${SIZE.height}`} role="img" aria-label={`Recall by viewpoint. ${told}`}>
        {TICKS.map((tick) => (
          <g key={tick}>
            <line x1={SIZE.left} x2={SIZE.width - SIZE.right} y1={yOf(tick)} y2={yOf(tick)} className="plot-grid" />
            <text x={SIZE.left - 6} y={yOf(tick) + 4} textAnchor="end">
              {percent(tick)}
            </text>
          </g>
        ))}
        {labels.map((label, bin) => (
          <text key={label} x={xOf(bin)} y={SIZE.height - 8} textAnchor="middle">
            {label}
          </text>
        ))}
        {lines.map(({ name, color, points }) => (
          <g key={name}>
            <polyline
              points={points.map(({ bin, share }) => `${xOf(bin)},${yOf(share)}`).join(' ')}
              fill="none"
              stroke={color}
              strokeWidth={2}
            />
            {points.map(({ bin, share }) => (
              <circle key={bin} cx={xOf(bin)} cy={yOf(share)} r={4} fill={color}>
                <title>{`${name}, ${labels[bin]}: ${percent(share)}`}</title>
              </circle>
            ))}
          </g>
        ))}
      </svg>
      <figcaption>
        {lines.map(({ name, color }) => (
          <span key={name}>
            <span className="score-dot" style={{ background: color }} /> {name}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
