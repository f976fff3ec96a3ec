import { useEffect } from 'react';
import { isTyping } from '../../../ui/is-typing.ts';
import { VIEWS } from '../views/index.ts';
import type { MatchWorkspace } from '../state/match-workspace.ts';
import type { PageProps } from '../../../workspace/ui/page.ts';
import { PhotoBar } from '../../../workspace/ui/photo-bar.tsx';
import { ViewControls } from '../views/controls/view-controls.tsx';
import { GeometrySection } from './geometry/geometry-section.tsx';
import { LiveSection } from './live/live-section.tsx';
import { MasksSection } from './masks/masks-section.tsx';
import { GpuCheckNote, NoWebgpuNote } from './panel/gpu-notes.tsx';
import { SettingsPanel } from './panel/settings-panel.tsx';
import { TimingPanel } from './panel/timing-panel.tsx';
import { PointsSection } from './points/points-section.tsx';
import { Legend } from './stage/legend.tsx';
import { PinList } from './stage/pin-list.tsx';
import { ProbeReadout } from './stage/probe-readout.tsx';
import { Stage } from './stage/stage.tsx';
import { VerdictLine } from './stage/verdict-line.tsx';
import { ViewTabs } from './stage/view-tabs.tsx';
import { useWorkspace } from './workspace-context.ts';

/** Two photos, the pictures of their match, and what can be done with them. */
export function MatchPage({ isShown, appSettings }: PageProps) {
  useViewKeys(useWorkspace());
  return (
    <>
      {/* Hidden, not taken away: the engine draws on the stage's canvas as long as it lives. */}
      <main className="main" hidden={!isShown}>
        <NoWebgpuNote />
        <GpuCheckNote />
        {isShown && <PhotoBar />}
        <ViewTabs />
        <Stage />
        <div className="stage-foot">
          <VerdictLine />
          <ProbeReadout />
          <Legend />
        </div>
      </main>
      <aside className="panel" aria-label="Settings" hidden={!isShown}>
        <ViewControls />
        <PinList />
        <GeometrySection />
        <PointsSection />
        <MasksSection />
        <LiveSection />
        <TimingPanel />
        <SettingsPanel />
        {appSettings}
      </aside>
    </>
  );
}

/** Number keys choose the view, wherever the focus is (but in a text field). */
export function useViewKeys(workspace: MatchWorkspace): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (workspace.store.getState().page !== 'match') return;
      const view = VIEWS[Number(event.key) - 1];
      if (view && /^\d$/.test(event.key)) workspace.updateView({ view });
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [workspace]);
}
