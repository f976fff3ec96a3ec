import { NORMALISED_CONVENTION } from '../../core/coordinates.ts';

/** The file at the root that says what lies beside it. */
export const DESCRIPTION_FILE = 'dataset.json';

/** Folders of L2M's layout and the kind of file in each, plus `warp`; every sample has one file in each. */
export const FOLDERS = {
  image1: 'png',
  image2: 'png',
  depth1: 'npy',
  depth2: 'npy',
  cams: 'npy',
  ext: 'npy',
  debug: 'png',
  warp: 'npz',
} as const;
export type Folder = keyof typeof FOLDERS;

export const samplePath = (folder: Folder, name: string): string => `${folder}/${name}.${FOLDERS[folder]}`;

/** Written last: where it is there, the sample is whole. */
export const LAST_FOLDER: Folder = 'warp';

/** What the folders hold whatever the pairs were made of, for {@link DESCRIPTION_FILE}. */
export const FOLDER_MEANINGS = {
  depth1: 'float32 [h, w] along the axis of camera 1, scene units; 0 where there is none',
  depth2: 'float32 [h, w] along the axis of camera 2, the same',
  ext: 'float32 [3, 4] [R|t], camera 1 to camera 2, t in scene units',
  debug: 'both pictures, and the first rebuilt from the second by the warp, with ten matches marked; half size',
  warp: {
    warp: `float32 [2, h, w] x then y in image2, on image1's grid, ${NORMALISED_CONVENTION}`,
    visible: 'uint8 [h, w] 1 where image2 shows the same place: only these count',
    warp_ba: "float32 [2, h, w] the same from image2's grid to image1",
    'settings.json': 'everything that was drawn for this pair',
  },
} as const;
