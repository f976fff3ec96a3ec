import { useEffect } from 'react';
import { liftOf } from '../state/open-lift.ts';
import './lift.css';
import { useWorkspace } from '../../../workspace/ui/workspace-context.ts';
import { CameraControls } from './controls/camera-controls.tsx';
import { DatasetPanel } from './dataset-panel.tsx';
import { DepthControls } from './controls/depth-controls.tsx';
import { DepthSourceSlot } from './depth-source.tsx';
import { FrameFactsLine } from './frame-facts.tsx';
import { LiftContext } from './lift-context.ts';
import { LightControls } from './controls/light-controls.tsx';
import { HoleControls, SkyControls } from './controls/look-controls.tsx';
import { PaneCover } from './pane-cover.tsx';
import { PhotoSource } from './photo-source.tsx';
import { PhotometricControls } from './controls/photometric-controls.tsx';
import { ScorePanel } from './score-panel.tsx';
import { SendControls } from './controls/send-controls.tsx';
import { SweepPanel } from './sweep-panel.tsx';
import { ViewPane } from './view-pane.tsx';

/** One photo, lifted and seen from elsewhere; the match between the two is measured against the exact truth. */
export default function LiftWorkspace({ isShown }: { isShown: boolean }) {
  const lift = liftOf(useWorkspace());
  useEffect(() => {
    if (!isShown) return;
    lift.wake();
    return () => lift.sleep();
  }, [lift, isShown]);
  return (
    <LiftContext value={lift}>
      {/* Hidden, not taken away: the worker draws on the canvases as long as it lives. */}
      <main className="main lift-main" hidden={!isShown}>
        {isShown && (
          <div className="lift-sources">
            <PhotoSource />
            <DepthSourceSlot />
          </div>
        )}
        <div className="lift-panes">
          <ViewPane side="a" />
          <ViewPane side="b" />
          <PaneCover />
        </div>
        <FrameFactsLine />
      </main>
      <aside className="panel" aria-label="Settings of the lift studio" hidden={!isShown}>
        <CameraControls />
        <ScorePanel />
        <SweepPanel />
        <DepthControls />
        <HoleControls />
        <LightControls />
        <SkyControls />
        <PhotometricControls />
        <SendControls />
        <DatasetPanel />
      </aside>
    </LiftContext>
  );
}
