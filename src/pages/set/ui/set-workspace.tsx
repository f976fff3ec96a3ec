import { useEffect } from 'react';
import './set.css';
import { useWorkspace } from '../../../workspace/ui/workspace-context.ts';
import { setOf } from '../state/open-set.ts';
import { Gallery } from './gallery.tsx';
import { BesidePanel, KeypointPanel, PairPanel, RunPanel, SavePanel } from './panels.tsx';
import { PairsView } from './pairs-view.tsx';
import { SetContext } from './set-context.ts';
import { TrackView } from './track-view.tsx';

/** Many photos of one scene: which of them match, the tracks through all of them, and one reconstruction's files. */
export default function SetWorkspace({ isShown }: { isShown: boolean }) {
  const set = setOf(useWorkspace());
  useEffect(() => {
    if (!isShown) return;
    set.wake();
    return () => set.sleep();
  }, [set, isShown]);
  return (
    <SetContext value={set}>
      <main className="main set-main">
        <Gallery />
        <RunPanel />
        <PairsView />
        <TrackView />
      </main>
      <aside className="panel" aria-label="Settings of the set">
        <PairPanel />
        <BesidePanel />
        <KeypointPanel />
        <SavePanel />
      </aside>
    </SetContext>
  );
}
