import { colorMapGradient } from '../../shared/color-maps.ts';
import type { Size } from '../../shared/geometry.ts';
import { useWorkspaceState } from '../workspace-context.ts';
import { FlowWheel } from './flow-wheel.tsx';

/** What the colours of the present view mean. */
export function Legend() {
  const view = useWorkspaceState((state) => state.view);
  const photo = useWorkspaceState((state) => state.photos.a.photo?.info.size);
  const hasResult = useWorkspaceState((state) => state.result !== null);
  if (!hasResult) return null;
  switch (view.view) {
    case 'certainty':
      return <Ramp title="Certainty" map={view.colorMap} ticks={['0', '0.5', '1']} />;
    case 'cycle':
      return <Ramp title="Cycle error, px of A" map={view.colorMap} ticks={pixelTicks(view.cycleScale, photo)} />;
    case 'flow':
      return <FlowWheel label={`${pixelTicks(view.flowScale, photo)[2]} px`} />;
    case 'matches':
      if (view.colorBy === 'certainty') return <Ramp title="Certainty" map={view.colorMap} ticks={['0', '0.5', '1']} />;
      return <p className="legend muted">Colour = place in A</p>;
    default:
      return null;
  }
}

function Ramp({ title, map, ticks }: { title: string; map: Parameters<typeof colorMapGradient>[0]; ticks: string[] }) {
  return (
    <figure className="legend ramp" aria-label={`${title}: ${ticks[0]} to ${ticks[ticks.length - 1]}`}>
      <figcaption>{title}</figcaption>
      <div className="ramp-bar" style={{ background: colorMapGradient(map) }} />
      <div className="ramp-ticks" aria-hidden="true">
        {ticks.map((tick) => (
          <span key={tick}>{tick}</span>
        ))}
      </div>
    </figure>
  );
}

/** 0, half and full scale in pixels, where full scale is a share of the photo's longer side. */
function pixelTicks(share: number, photo: Size | undefined): string[] {
  const full = share * Math.max(photo?.width ?? 0, photo?.height ?? 0);
  const digits = full < 10 ? 1 : 0;
  return ['0', (full / 2).toFixed(digits), `${full.toFixed(digits)}`];
}
