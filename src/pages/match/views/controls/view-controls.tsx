import { useWorkspace, useWorkspaceState } from '../../ui/workspace-context.ts';
import type { ReactNode } from 'react';
import { CompareControls } from '../compare/controls.tsx';
import { lazyPart } from '../../../../ui/lazy-part.tsx';
import { viewOf } from '../index.ts';
import { MatchControls } from '../matches/controls.tsx';
import type { ControlName } from '../view.ts';
import { FilterControls } from './filter-controls.tsx';
import {
  BackgroundControl,
  ColorMapControl,
  CycleScaleControl,
  FlowScaleControl,
  OpacityControl,
} from './picture-controls.tsx';

/** Who never flies never downloads it. */
const FlyControls = lazyPart({ name: 'Fly settings', as: 'panel', load: () => import('../fly/controls.tsx') });

const CONTROLS: Record<ControlName, () => ReactNode> = {
  background: BackgroundControl,
  colorMap: ColorMapControl,
  opacity: OpacityControl,
  flowScale: FlowScaleControl,
  cycleScale: CycleScaleControl,
  matches: MatchControls,
  compare: CompareControls,
  cameras: CamerasControl,
  fly: () => <FlyControls />,
};

/** The controls of the present view, then the filters that all views share. */
export function ViewControls() {
  const { label, about, controls } = viewOf(useWorkspaceState((state) => state.view.view));
  return (
    <section className="panel-part" aria-label={`${label} settings`}>
      <h2>{label}</h2>
      <p className="hint">{about}</p>
      {controls.map((name) => {
        const Control = CONTROLS[name];
        return <Control key={name} />;
      })}
      <FilterControls />
    </section>
  );
}

/** Says what a picture made by fitted cameras lacks, and fits them. */
function CamerasControl() {
  const { geometry } = useWorkspace();
  const { settings, fit, job, error } = useWorkspaceState((state) => state.geometry);
  const hasResult = useWorkspaceState((state) => state.result !== null);
  if (!hasResult || fit?.cameras) return null;
  if (settings.model === 'essential') {
    if (job) return <p className="hint">Fitting the cameras…</p>;
    return error && <p className="hint">{`${error.message} ${error.remedy}`}</p>;
  }
  return (
    <>
      <p className="hint">Depth is told by two cameras: it needs an essential matrix, fitted to this match.</p>
      <button type="button" className="button" onClick={() => geometry.update({ model: 'essential', threshold: null })}>
        Fit the cameras
      </button>
    </>
  );
}
