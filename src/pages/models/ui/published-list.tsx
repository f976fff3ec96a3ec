import { useState } from 'react';
import type { Library } from '../../../workspace/library/library.ts';
import { CATALOG } from '../../../networks/catalog.ts';
import { Segmented } from '../../../ui/segmented.tsx';
import { KIND_TEXTS } from './kind-texts.ts';
import { PublishedItem } from './published-item.tsx';

type Kind = keyof typeof KIND_TEXTS;

const KINDS = (Object.keys(KIND_TEXTS) as Kind[]).map((value) => ({ value, label: KIND_TEXTS[value].plural }));

/** The published checkpoints that the page knows. */
export function PublishedList({ library }: { library: Library }) {
  const [kind, setKind] = useState<Kind>('matcher');
  return (
    <section className="stack-tight" aria-label="Published checkpoints">
      <h3>Published checkpoints</h3>
      <p className="hint">Trained by others and converted here, in your browser. Each has its authors' licence.</p>
      <Segmented label="Kind" value={kind} options={KINDS} onChange={setKind} />
      <ul className="models">
        {CATALOG.filter((entry) => entry.family.kind === kind).map((entry) => (
          <PublishedItem key={entry.id} library={library} entry={entry} />
        ))}
      </ul>
    </section>
  );
}
