/**
 * Pictures at the photos' own resolution: one photo laid on the other by the dense match, or both on one canvas by the homography
 * (`panorama`), where they overlap also by the match (`panorama-match`).
 */
export const FULL_SIZE_PICTURES = ['b-on-a', 'a-on-b', 'panorama', 'panorama-match'] as const;
export type FullSizePicture = (typeof FULL_SIZE_PICTURES)[number];

/** PNG is see-through where nothing is known; JPEG is white there. */
export const FULL_SIZE_ENCODINGS = ['png', 'jpeg'] as const;
export type FullSizeEncoding = (typeof FULL_SIZE_ENCODINGS)[number];

export interface FullSizeSettings {
  picture: FullSizePicture;
  encoding: FullSizeEncoding;
}

export const DEFAULT_FULL_SIZE: FullSizeSettings = { picture: 'b-on-a', encoding: 'png' };
