import { lazy, Suspense, useEffect, useRef } from 'react';
import type { Offline } from './offline/offline.ts';
import { resolveTheme } from '../platform/page/theme.ts';
import { useWorkspace, useWorkspaceState } from '../pages/match/ui/workspace-context.ts';
import { ViewControls } from '../pages/match/views/controls/view-controls.tsx';
import { GeometrySection } from '../pages/match/ui/geometry/geometry-section.tsx';
import { Header } from './header.tsx';
import { Legend } from '../pages/match/ui/stage/legend.tsx';
import { NoticeList } from '../workspace/ui/notice-list.tsx';
import { NoWebgpuNote } from '../pages/match/ui/panel/no-webgpu-note.tsx';
import { OfflineSection } from './offline-section.tsx';
import { PhotoBar } from '../workspace/ui/photo-bar.tsx';
import { PinList } from '../pages/match/ui/stage/pin-list.tsx';
import { PointsSection } from '../pages/match/ui/points/points-section.tsx';
import { ProbeReadout } from '../pages/match/ui/stage/probe-readout.tsx';
import { SettingsPanel } from '../pages/match/ui/panel/settings-panel.tsx';
import { Stage } from '../pages/match/ui/stage/stage.tsx';
import { TimingPanel } from '../pages/match/ui/panel/timing-panel.tsx';
import { useDrop, usePaste, useViewKeys } from '../workspace/ui/use-page-input.ts';
import { VerdictLine } from '../pages/match/ui/stage/verdict-line.tsx';
import { ViewTabs } from '../pages/match/ui/stage/view-tabs.tsx';

/** Who only matches never downloads it. */
const CompareWorkspace = lazy(() => import('../pages/compare/ui/compare-workspace.tsx'));
const LiftWorkspace = lazy(() => import('../pages/lift/ui/lift-workspace.tsx'));

/** The whole page: photos, pictures, and what can be done with them. */
export function MatchWorkspace({ offline }: { offline: Offline }) {
  const workspace = useWorkspace();
  const theme = useWorkspaceState(resolveTheme);
  const page = useWorkspaceState((state) => state.page);
  const isMatching = page === 'match';
  // Its worker draws on its canvases: once there, the page stays, as the stage does.
  const hasLifted = useRef(false);
  hasLifted.current ||= page === 'lift';
  useViewKeys(workspace);
  usePaste(workspace);
  const isDropping = useDrop(workspace);
  useEffect(() => {
    // The page around the workspace follows: scrollbars, form controls and the area beyond its edges.
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  return (
    <div className="workspace" data-theme={theme} data-dropping={isDropping}>
      <Header />
      {/* Hidden, not taken away: the engine draws on the stage's canvas as long as it lives. */}
      <main className="main" hidden={!isMatching}>
        <NoWebgpuNote />
        {isMatching && <PhotoBar />}
        <ViewTabs />
        <Stage />
        <div className="stage-foot">
          <VerdictLine />
          <ProbeReadout />
          <Legend />
        </div>
      </main>
      <aside className="panel" aria-label="Settings" hidden={!isMatching}>
        <ViewControls />
        <PinList />
        <GeometrySection />
        <PointsSection />
        <TimingPanel />
        <SettingsPanel />
        <OfflineSection offline={offline} />
      </aside>
      {page === 'compare' && (
        <Suspense fallback={null}>
          <CompareWorkspace />
        </Suspense>
      )}
      {hasLifted.current && (
        <Suspense fallback={null}>
          <LiftWorkspace isShown={page === 'lift'} />
        </Suspense>
      )}
      <NoticeList />
      {isDropping && <div className="drop-veil" aria-hidden="true" />}
    </div>
  );
}
