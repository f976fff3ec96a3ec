import { useEffect } from 'react';
import { isTyping } from '../ui/is-typing.ts';
import { useWorkspace, useWorkspaceState } from '../workspace/ui/workspace-context.ts';
import { PAGES } from './pages.ts';

/** The pages of the app; the photos stay. Alt and a page's letter show it from anywhere. */
export function PageSwitch() {
  const workspace = useWorkspace();
  const page = useWorkspaceState((state) => state.page);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || isTyping(event.target)) return;
      const wanted = PAGES.find(({ key }) => key === event.code);
      if (!wanted) return;
      event.preventDefault();
      workspace.showPage(wanted.name);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [workspace]);
  return (
    <div className="page-switch" role="group" aria-label="Pages">
      {PAGES.map(({ name, title, key }) => (
        <button
          key={name}
          type="button"
          aria-pressed={name === page}
          aria-keyshortcuts={`Alt+${key.slice(3)}`}
          onClick={() => workspace.showPage(name)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}
