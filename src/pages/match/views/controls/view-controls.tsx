import type { ReactNode } from 'react';
import type { ViewName } from '../../contract/view.ts';
import { useWorkspaceState } from '../../ui/workspace-context.ts';
import { VIEW_TEXTS } from '../../ui/stage/view-texts.ts';
import { CompareControls } from '../compare/controls.tsx';
import { FilterControls } from './filter-controls.tsx';
import { FlowControls } from '../flow/controls.tsx';
import { HeatControls } from '../heat/controls.tsx';
import { MatchControls } from '../matches/controls.tsx';
import { WarpControls } from '../warp/controls.tsx';

const CONTROLS: Record<ViewName, () => ReactNode> = {
  warp: WarpControls,
  certainty: HeatControls,
  matches: MatchControls,
  flow: FlowControls,
  compare: CompareControls,
  cycle: HeatControls,
};

/** The controls of the present view, then the filters that all views share. */
export function ViewControls() {
  const view = useWorkspaceState((state) => state.view.view);
  const Controls = CONTROLS[view];
  return (
    <section className="panel-part" aria-label={`${VIEW_TEXTS[view].label} settings`}>
      <h2>{VIEW_TEXTS[view].label}</h2>
      <p className="hint">{VIEW_TEXTS[view].about}</p>
      <Controls />
      <FilterControls />
    </section>
  );
}
