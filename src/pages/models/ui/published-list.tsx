import { type PublishedCheckpoint, CATALOG } from '../../../networks/catalog.ts';
import type { MatcherUse } from '../../../networks/catalog-entry.ts';
import type { NetworkKind } from '../../../models/library-contract.ts';
import { useState } from 'react';
import type { Library } from '../../../workspace/library/library.ts';
import { Segmented } from '../../../ui/segmented.tsx';
import { PublishedItem } from './published-item.tsx';

/** What a network is looked for: a matcher by its use, others by their kind. */
type Use = MatcherUse | Exclude<NetworkKind, 'matcher'>;

const USE_TEXTS: Record<Use, { label: string; hint: string }> = {
  instant: { label: 'At once', hint: 'Light matchers for similar views: small, and quick without a graphics card.' },
  photos: { label: 'Photos', hint: 'Matchers for photos of one place, good in seconds.' },
  modalities: {
    label: 'Night, thermal, maps',
    hint: 'Matchers for images of different kinds: thermal, night, maps, satellite, medical, drawings.',
  },
  rooms: { label: 'Rooms', hint: 'Matchers that learnt from scans of rooms: bare walls, close views.' },
  accurate: { label: 'Most accurate', hint: 'Dense matchers of half a gigabyte and more: for a graphics card.' },
  encoder: { label: 'Encoders', hint: 'Features of one photo, for the Compare page; they do not match by themselves.' },
  depth: { label: 'Depth', hint: 'Depth of one photo, for the Lift page.' },
  splats: { label: 'Scenes', hint: 'A scene of Gaussians out of two photos.' },
};

/** Whether a checkpoint is offered there. */
const isFor = ({ uses, family }: PublishedCheckpoint, use: Use): boolean =>
  family.kind === 'matcher' ? (uses?.includes(use as MatcherUse) ?? false) : family.kind === use;

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
