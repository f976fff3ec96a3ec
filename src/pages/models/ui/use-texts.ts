import type { PublishedCheckpoint } from '../../../networks/catalog.ts';
import type { MatcherUse } from '../../../networks/catalog-entry.ts';
import type { NetworkKind } from '../../../models/library-contract.ts';

/** What a network is looked for: a matcher by its use, others by their kind. */
export type Use = MatcherUse | Exclude<NetworkKind, 'matcher'>;

export const USE_TEXTS: Record<Use, { label: string; hint: string }> = {
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
export const isFor = ({ uses, family }: PublishedCheckpoint, use: Use): boolean =>
  family.kind === 'matcher' ? (uses?.includes(use as MatcherUse) ?? false) : family.kind === use;
