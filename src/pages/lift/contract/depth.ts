import type { Size } from '../../../core/geometry.ts';

/** Where the photo's disparity comes from. */
export type DepthSource =
  /** Worked out from the photo alone, honest about being a guess: ground plane and relief. */
  | { kind: 'estimate' }
  /** A map that was dropped: 8/16-bit PNG, .npy or .pfm. */
  | { kind: 'file'; file: Blob; name: string; meaning: 'disparity' | 'depth' }
  /** A map that lies beside a sample photo. */
  | { kind: 'sample'; url: string; meaning: 'disparity' | 'depth' }
  /** An installed depth network, such as Depth Anything V2. */
  | { kind: 'network'; manifestUrl: string; name: string };

export interface DepthInfo {
  kind: DepthSource['kind'];
  name: string;
  /** Of the map before it was fitted to the photo. */
  size: Size;
  /** Remarks for the person: how good a guess this is, invalid values that were replaced. */
  notes: string[];
  milliseconds: number;
}
