import { LegendFigure } from '../../../../ui/legend-figure.tsx';
import { legendOf } from '../../views/index.ts';
import { useWorkspaceState } from '../workspace-context.ts';

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
