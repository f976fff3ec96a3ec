import { deviationEllipse, mappedCovariance } from '../../../../core/ellipse.ts';
import type { Point, Size } from '../../../../core/geometry.ts';
import type { Place, Probe } from '../../state/types.ts';
import { useWorkspaceState } from '../workspace-context.ts';
import { pinColor } from './pin-color.ts';
import { stagePoint, stageScale } from './use-stage-panes.ts';
import type { StagePane } from './use-stage-panes.ts';

/** Matches below this certainty are marked as doubtful: a dashed ring. */
const DOUBTFUL = 0.3;
/** Standard deviations that the ellipse of an uncertain place spans: 86 % lie within, if they are normal. */
const DEVIATIONS = 2;

/** Probe and pins on every pane that shows their photo: a cross where asked, a ring where matched. */
export function Markers({ panes, size }: { panes: readonly StagePane[]; size: Size }) {
  const probe = useWorkspaceState((state) => state.probe);
  const pins = useWorkspaceState((state) => state.pins);
  return (
    <svg className="markers" width={size.width} height={size.height} aria-hidden="true">
      {pins.map((pin, i) => (
        <Pair key={pin.id} panes={panes} probe={pin} color={pinColor(pin.id)} label={String(i + 1)} />
      ))}
      {probe && <Pair panes={panes} probe={probe} color="var(--probe)" />}
    </svg>
  );
}

interface PairProps {
  panes: readonly StagePane[];
  probe: Probe;
  color: string;
  label?: string;
}

function Pair({ panes, probe, color, label }: PairProps) {
  const { result } = probe;
  const from = spots(panes, probe);
  const to = result ? spots(panes, result.to) : [];
  const sure = result?.covariance ? ellipses(panes, result.to, result.covariance) : [];
  const isDoubtful = result !== null && result.certainty < DOUBTFUL;
  return (
    <g style={{ color }}>
      {!label && from.length === 1 && to.length === 1 && (
        <line x1={from[0].x} y1={from[0].y} x2={to[0].x} y2={to[0].y} className="marker-line" />
      )}
      {from.map((point, i) => (
        <g key={`from${i}`} transform={`translate(${point.x} ${point.y})`} className="marker-from">
          <path d="M-9 0H-3M3 0H9M0-9V-3M0 3V9" />
          <path d="M-9 0H-3M3 0H9M0-9V-3M0 3V9" className="marker-ink" />
          {label && <Label text={label} />}
        </g>
      ))}
      {sure.map(({ at, major, minor, angle }, i) => (
        <ellipse
          key={`sure${i}`}
          className="marker-ellipse"
          rx={major}
          ry={minor}
          transform={`translate(${at.x} ${at.y}) rotate(${angle})`}
        />
      ))}
      {to.map((point, i) => (
        <g
          key={`to${i}`}
          transform={`translate(${point.x} ${point.y})`}
          className={isDoubtful ? 'marker-to doubtful' : 'marker-to'}
        >
          <circle r="7" />
          <circle r="7" className="marker-ink" />
          <circle r="1.75" className="marker-dot" />
          {label && <Label text={label} />}
        </g>
      ))}
    </g>
  );
}

/** The ellipse in which a place lies with some certainty, wherever it is shown. */
function ellipses(
  panes: readonly StagePane[],
  place: Place,
  covariance: NonNullable<Probe['result']>['covariance'] & object,
) {
  return panes.flatMap((pane): { at: Point; major: number; minor: number; angle: number }[] => {
    const [at, scale] = [stagePoint(pane, place), stageScale(pane)];
    if (!at || !scale) return [];
    const { major, minor, angle } = deviationEllipse(mappedCovariance(covariance, [scale.x, 0, 0, scale.y]));
    return Number.isFinite(major) ? [{ at, major: DEVIATIONS * major, minor: DEVIATIONS * minor, angle }] : [];
  });
}

const spots = (panes: readonly StagePane[], place: Place) => panes.flatMap((pane) => stagePoint(pane, place) ?? []);

const Label = ({ text }: { text: string }) => (
  <text x="9" y="-8" className="marker-label">
    {text}
  </text>
);
