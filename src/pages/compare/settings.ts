import type { Camera } from '../../core/viewer/zoom.ts';
import type { ScoreProtocol, SlotPair } from './contract.ts';

/** What is shown of the encoders. */
export const COMPARE_PAGES = ['components', 'similarity', 'clusters', 'neighbours', 'scores'] as const;
export type ComparePage = (typeof COMPARE_PAGES)[number];

/** What the person wants to compare, and how. */
export interface CompareSettings {
  page: ComparePage;
  /** Ids of the encoders, one a column; null until the list is known. */
  encoders: string[] | null;
  longSide: number;
  fit: 'joint' | 'per-photo';
  /** Turn colours towards those of the first column. */
  align: boolean;
  mask: 'none' | 'high' | 'low';
  clusters: number;
  seed: number;
  /** null shows the cosine itself. */
  temperature: number | null;
  bestPlaces: number;
  exclusion: number;
  maxRatio: number;
  lines: number;
  /** How encoders are scored. */
  protocol: ScoreProtocol;
  /** The photos whose neighbours are shown. */
  between: SlotPair;
  /** Opacity of the maps over the photos. */
  opacity: number;
  upsampling: 'bilinear' | 'nearest';
  showsGrid: boolean;
  /** Zoom and pan, shared by all photos of all columns. */
  camera: Camera;
}

export const MAX_COLUMNS = 4;
