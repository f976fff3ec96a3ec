import { useState } from 'react';
import type { Library } from '../../../workspace/library/library.ts';
import { CATALOG, type PublishedCheckpoint } from '../../../networks/catalog.ts';
import { Segmented } from '../../../ui/segmented.tsx';
import { PublishedItem } from './published-item.tsx';
import { isFor, type Use, USE_TEXTS } from './use-texts.ts';

const USES = (Object.keys(USE_TEXTS) as Use[]).map((value) => ({ value, label: USE_TEXTS[value].label }));

/** The published checkpoints that the page knows, by what they are for, the smallest first. */
export function PublishedList({ library }: { library: Library }) {
  const [use, setUse] = useState<Use>('photos');
  const offered = CATALOG.filter((entry) => isFor(entry, use)).sort((a, b) => sizeOf(a) - sizeOf(b));
  return (
    <section className="stack-tight" aria-label="Published checkpoints">
      <h3>Published checkpoints</h3>
      <p className="hint">Trained by others and converted here, in your browser. Each has its authors' licence.</p>
      <Segmented label="What for" value={use} options={USES} onChange={setUse} />
      <p className="hint">{USE_TEXTS[use].hint}</p>
      <ul className="models">
        {offered.map((entry) => (
          <PublishedItem key={entry.id} library={library} entry={entry} />
        ))}
      </ul>
    </section>
  );
}

const sizeOf = ({ files }: PublishedCheckpoint) => files.reduce((sum, { aboutBytes }) => sum + aboutBytes, 0);
