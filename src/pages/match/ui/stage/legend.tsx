import { colorMapGradient } from '../../../../core/color-maps.ts';
import type { Legend as LegendOf } from '../../contract/legend.ts';
import { legendOf } from '../../views/index.ts';
import { useWorkspaceState } from '../workspace-context.ts';
import { FlowWheel } from '../../../../ui/flow-wheel.tsx';

/** What the colours of the present view mean. */
export function Legend() {
  const view = useWorkspaceState((state) => state.view);
  const photo = useWorkspaceState((state) => state.photos.a.photo?.info.size);
  const fit = useWorkspaceState((state) => state.geometry.fit);
  const hasResult = useWorkspaceState((state) => state.result !== null);
  if (!hasResult) return null;
  // Until there is a model, matches are coloured by their place.
  const isWaiting = view.colorBy === 'inliers' && !fit;
  const facts = { photoA: photo, inverseDepths: fit?.cameras?.inverseDepths ?? null };
  return <LegendFigure legend={legendOf(isWaiting ? { ...view, colorBy: 'position' } : view, facts)} />;
}

/** A legend as it is drawn; nothing where the picture explains itself. */
export function LegendFigure({ legend }: { legend: LegendOf | null }) {
  switch (legend?.kind) {
    case 'ramp':
      return <Ramp title={legend.title} map={legend.map} ticks={legend.ticks} />;
    case 'wheel':
      return <FlowWheel label={legend.rim} />;
    case 'text':
      return <p className="legend muted">{legend.text}</p>;
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
