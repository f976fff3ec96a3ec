import { Suspense, useEffect, useRef } from 'react';
import { resolveTheme } from '../platform/page/theme.ts';
import { NoticeList } from '../workspace/ui/notice-list.tsx';
import type { Page } from '../workspace/ui/page.ts';
import { useDrop, usePaste } from '../workspace/ui/use-page-input.ts';
import { useWorkspace, useWorkspaceState } from '../workspace/ui/workspace-context.ts';
import { Header } from './header.tsx';
import type { Offline } from './offline/offline.ts';
import { OfflineSection } from './offline-section.tsx';
import { PAGES } from './pages.ts';

/** The frame around the pages: header, notices, what is dropped and pasted anywhere. */
export function Shell({ offline }: { offline: Offline }) {
  const workspace = useWorkspace();
  const theme = useWorkspaceState(resolveTheme);
  const page = useWorkspaceState((state) => state.page);
  const shown = useRef(new Set<string>([PAGES[0].name]));
  shown.current.add(page);
  usePaste(workspace);
  const isDropping = useDrop(workspace);
  useEffect(() => {
    // The page around the workspace follows: scrollbars, form controls and the area beyond its edges.
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  const isThere = ({ name, stays }: Page) => name === page || (stays && shown.current.has(name));
  return (
    <div className="workspace" data-theme={theme} data-dropping={isDropping}>
      <Header />
      {PAGES.filter(isThere).map(({ name, View }) => (
        <Suspense key={name} fallback={null}>
          <View isShown={name === page} appSettings={<OfflineSection offline={offline} />} />
        </Suspense>
      ))}
      <NoticeList />
      {isDropping && <div className="drop-veil" aria-hidden="true" />}
    </div>
  );
}
