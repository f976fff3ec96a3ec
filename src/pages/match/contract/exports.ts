import type { AnimationSettings } from './animation.ts';
import type { Side } from '../../../core/geometry.ts';
import type { ViewSettings } from './view.ts';

/** What a match can be saved as. */
export const EXPORT_FORMATS = [
  'share',
  'figure',
  'svg',
  'animation',
  'csv',
  'json',
  'npz',
  'flo',
  'kitti',
  'colmap',
  'database',
] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Size of an optical flow file: as many places as the match has, or every pixel of the photo. */
export type FlowSize = 'match' | 'photo';

export interface ExportRequest {
  format: ExportFormat;
  /** The photos' names, and for share files their original bytes. */
  photos: Record<Side, { name: string; file: Blob }>;
  /** View and settings as a link's query, which share files keep. */
  query: string;
  /** What is shown: threshold and cycle limit also decide which places of a flow file are valid. */
  view: ViewSettings;
  /** Direction of an optical flow file: on this photo, towards the other one. */
  side: Side;
  flowSize: FlowSize;
  /** Pixels of a figure per CSS pixel of the stage, 1…4. */
  scale: number;
  /** Whether a figure says what its colours mean. */
  legend: boolean;
  animation: AnimationSettings;
}
