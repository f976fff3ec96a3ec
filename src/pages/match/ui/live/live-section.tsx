import { useState } from 'react';
import { ChevronIcon } from '../../../../ui/icons.tsx';
import { lazyPart } from '../../../../ui/lazy-part.tsx';

const LivePanel = lazyPart({ name: 'Live', as: 'panel', load: () => import('./live-panel.tsx') });

/** A camera or a video against photo A. */
export function LiveSection() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details className="section" onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>
        <span className="section-title">Live</span>
        <ChevronIcon />
      </summary>
      {isOpen && (
        <div className="section-body">
          <LivePanel />
        </div>
      )}
    </details>
  );
}
