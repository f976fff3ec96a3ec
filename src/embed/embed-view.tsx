import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { resolveTheme } from '../state/theme.ts';
import { PlayIcon } from '../ui/common/icons.tsx';
import { Legend } from '../ui/match/legend.tsx';
import { NoticeList } from '../ui/match/notice-list.tsx';
import { Stage } from '../ui/match/stage.tsx';
import { VerdictLine } from '../ui/match/verdict-line.tsx';
import { ViewTabs } from '../ui/match/view-tabs.tsx';
import { useWorkspaceState, WorkspaceContext } from '../ui/workspace-context.ts';
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
          <Stage />
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
