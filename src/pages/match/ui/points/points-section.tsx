import { useState } from 'react';
import { lazyPart } from '../../../../ui/lazy-part.tsx';
import { Section } from '../../../../ui/section.tsx';

/** Most visits ask for no list of points: its code comes when it is asked for. */
const PointsDialog = lazyPart({ name: 'Chosen points', as: 'dialog', load: () => import('./points-dialog.tsx') });

/** The way to lists of points, in the panel. */
export function PointsSection() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Section title="Chosen points">
      <p className="hint">Give a list of points, get their places in the other photo as a table.</p>
      <div className="row">
        <button type="button" className="button" onClick={() => setIsOpen(true)}>
          Match a list of points
        </button>
      </div>
      {isOpen && <PointsDialog onClose={() => setIsOpen(false)} />}
    </Section>
  );
}
