import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { resolveTheme } from '../platform/page/theme.ts';
import { PlayIcon } from '../ui/icons.tsx';
import { Legend } from '../pages/match/ui/stage/legend.tsx';
import { NoticeList } from '../workspace/ui/notice-list.tsx';
import { Stage } from '../pages/match/ui/stage/stage.tsx';
import { VerdictLine } from '../pages/match/ui/stage/verdict-line.tsx';
import { ViewTabs } from '../pages/match/ui/stage/view-tabs.tsx';
import { useWorkspaceState, WorkspaceContext } from '../workspace/ui/workspace-context.ts';
import { Poster } from './poster.tsx';
import type { EmbedSession } from './session.ts';
import { useFittingSize } from './use-fitting-size.ts';

interface EmbedViewProps {
  session: EmbedSession;
  /** Whether the match starts by itself once the view is seen. */
  autorun: boolean;
}

/** The match without the app around it: a poster, then the stage. */
export function EmbedView({ session, autorun }: EmbedViewProps) {
  return (
    <WorkspaceContext value={session.workspace}>
      <EmbedFrame session={session} autorun={autorun} />
    </WorkspaceContext>
  );
}

function EmbedFrame({ session, autorun }: EmbedViewProps) {
  const theme = useWorkspaceState(resolveTheme);
  const { isActive, controls, poster } = useStore(session.store);
  const ref = useRef<HTMLDivElement>(null);
  useFittingSize(ref, session, isActive);
  useEffect(
    () => (autorun && ref.current ? whenSeen(ref.current, () => void session.activate()) : undefined),
    [session, autorun],
  );
  return (
    <div ref={ref} className="embed" data-theme={theme} data-active={isActive}>
      {isActive ? (
        <>
          {controls && <ViewTabs />}
          <Stage isEmbedded />
          {controls && (
            <div className="stage-foot">
              <VerdictLine />
              <Legend />
            </div>
          )}
        </>
      ) : (
        <button type="button" className="poster" onClick={() => void session.activate()}>
          <Poster poster={poster} />
          <span className="poster-call button primary">
            <PlayIcon /> {poster.kind === 'picture' ? 'Open this match' : 'Match these photos'}
          </span>
        </button>
      )}
      <NoticeList />
    </div>
  );
}

/** Calls back once the element is on screen: what nobody scrolls to costs nothing. */
function whenSeen(element: Element, callback: () => void): () => void {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    callback();
  });
  observer.observe(element);
  return () => observer.disconnect();
}
