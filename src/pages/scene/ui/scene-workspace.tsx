import { useEffect } from 'react';
import './scene.css';
import { useWorkspace } from '../../../workspace/ui/workspace-context.ts';
import { sceneOf } from '../state/open-scene.ts';
import { FloaterControls, SaveControls, ViewControls } from './controls.tsx';
import { DatasetPanel } from './dataset-panel.tsx';
import { PairPanel } from './pair-panel.tsx';
import { PairPictures } from './pair-pictures.tsx';
import { SceneContext } from './scene-context.ts';
import { SceneFactsPanel, SceneFoot } from './scene-facts.tsx';
import { SceneSourceSlot } from './scene-source.tsx';
import { SceneStage } from './scene-stage.tsx';
import { ScorePanel } from './score-panel.tsx';
import { SweepPanel } from './sweep-panel.tsx';

/** A scene of 3-D Gaussians: looked at from anywhere, and made into pairs of views with exact truth. */
export default function SceneWorkspace({ isShown }: { isShown: boolean }) {
  const scene = sceneOf(useWorkspace());
  useEffect(() => {
    if (!isShown) return;
    scene.wake();
    return () => scene.sleep();
  }, [scene, isShown]);
  return (
    <SceneContext value={scene}>
      {/* Hidden, not taken away: the worker draws on the canvas as long as it lives. */}
      <main className="main scene-main" hidden={!isShown}>
        {isShown && <SceneSourceSlot />}
        <SceneStage />
        <PairPictures />
        <SceneFoot />
      </main>
      <aside className="panel" aria-label="Settings of the scene" hidden={!isShown}>
        <ViewControls />
        <FloaterControls />
        <PairPanel />
        <ScorePanel />
        <SweepPanel />
        <DatasetPanel />
        <SceneFactsPanel />
        <SaveControls />
      </aside>
    </SceneContext>
  );
}
