import { useState } from 'react';
import { ChevronIcon } from '../../../../ui/icons.tsx';
import { lazyPart } from '../../../../ui/lazy-part.tsx';
import { useWorkspaceState } from '../workspace-context.ts';

/** Most visits leave nothing out: the code comes when somebody opens it. */
const MasksPanel = lazyPart({ name: 'Masks', as: 'panel', load: () => import('./masks-panel.tsx') });

/** What counts of each photo, in the panel. */
export function MasksSection() {
  const [isOpen, setIsOpen] = useState(false);
  const { a, b } = useWorkspaceState((state) => state.masks);
  return (
    <details className="section" onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>
        <span className="section-title">Masks</span>
        {(a || b) && <span className="section-summary">on {a && b ? 'A and B' : a ? 'A' : 'B'}</span>}
        <ChevronIcon />
      </summary>
      {isOpen && (
        <div className="section-body">
          <MasksPanel />
        </div>
      )}
    </details>
  );
}
