import { PAGES } from '../workspace/types.ts';
import type { PageName } from '../workspace/types.ts';
import { useWorkspace, useWorkspaceState } from '../pages/match/ui/workspace-context.ts';

const LABELS: Record<PageName, string> = { match: 'Match', compare: 'Compare', lift: 'Lift' };

/** The pages of the app; the photos stay. */
export function PageSwitch() {
  const workspace = useWorkspace();
  const page = useWorkspaceState((state) => state.page);
  return (
    <div className="page-switch" role="group" aria-label="Pages">
      {PAGES.map((name) => (
        <button key={name} type="button" aria-pressed={name === page} onClick={() => workspace.showPage(name)}>
          {LABELS[name]}
        </button>
      ))}
    </div>
  );
}
