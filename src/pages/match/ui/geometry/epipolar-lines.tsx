import { otherSide } from '../../../../core/geometry.ts';
import type { Size } from '../../../../core/geometry.ts';
import type { Matrix3 } from '../../../../core/matrix3.ts';
import { epipolarCurve } from '../../../../geometry/epipolar-curve.ts';
import type { FitResult } from '../../contract/geometry-fit.ts';
import type { Place, Probe } from '../../state/types.ts';
import { useWorkspaceState } from '../workspace-context.ts';
import { pinColor } from '../stage/pin-color.ts';
import type { StagePane } from '../stage/use-stage-panes.ts';

/** For probe and pins: the line of the other photo that the place allows, and that of its match in its own. */
export default function EpipolarLines({ panes, size }: { panes: readonly StagePane[]; size: Size }) {
  const fundamental = useWorkspaceState((state) => state.geometry.fit?.fundamental);
  const lenses = useWorkspaceState((state) => state.geometry.fit?.lenses ?? null);
  const probe = useWorkspaceState((state) => state.probe);
  const pins = useWorkspaceState((state) => state.pins);
  if (!fundamental) return null;
  return (
    <svg className="markers" width={size.width} height={size.height} aria-hidden="true" data-epipolar>
      {panes.map((pane, i) => (
        <PaneLines key={i} pane={pane} fundamental={fundamental} lenses={lenses} probe={probe} pins={pins} />
      ))}
    </svg>
  );
}

interface PaneLinesProps {
  pane: StagePane;
  fundamental: Matrix3;
  lenses: FitResult['lenses'];
  probe: Probe | null;
  pins: readonly (Probe & { id: number })[];
}

function PaneLines({ pane: { pane, photo, rect, isLinked }, fundamental, lenses, probe, pins }: PaneLinesProps) {
  if (!photo || !rect || !isLinked) return null;
  const { x, y, width, height } = pane.rect;
  const lineFor = (place: Place, color: string, key: string) => {
    if (place.side !== otherSide(pane.side)) return null;
    return epipolarCurve(fundamental, lenses, place.side, place, photo).map((piece, i) => {
      const points = piece
        .map((at) => [rect.x - x + (at.x / photo.width) * rect.width, rect.y - y + (at.y / photo.height) * rect.height])
        .join(' ');
      return (
        <g key={`${key}-${i}`} style={{ color }}>
          <polyline points={points} fill="none" className="epipolar-rim" />
          <polyline points={points} fill="none" className="epipolar-line" />
        </g>
      );
    });
  };
  // The place asked and its match: whichever of them lies on the other photo has its line here.
  const linesFor = (probe: Probe, color: string, key: string) =>
    [probe, probe.result?.to].map((place, i) => place && lineFor(place, color, `${key}-${i}`));
  return (
    <svg x={x} y={y} width={width} height={height}>
      {pins.map((pin) => linesFor(pin, pinColor(pin.id), String(pin.id)))}
      {probe && linesFor(probe, 'var(--probe)', 'probe')}
    </svg>
  );
}
