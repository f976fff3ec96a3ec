import type { SetContent } from './set-content.ts';

/** What this writer needs of HDF5; h5wasm has it. */
export interface Hdf5File {
  group(path: string): Hdf5Group;
  /** Closes the file and returns its bytes. */
  finish(): Uint8Array<ArrayBuffer>;
}

export interface Hdf5Group {
  dataset(name: string, data: Float32Array | Int32Array, shape: number[]): void;
}

/** hloc puts the centre of the first pixel at (0, 0), and adds this when it hands keypoints to COLMAP. */
const HLOC_ORIGIN = 0.5;

/**
 * `features.h5` and `matches.h5` as hloc (Sarlin et al., CVPR 2019) reads them: keypoints [n, 2] and image_size [2] by the
 * photo's name; matches0 [n] (the number in the second photo, −1 for none) and matching_scores0 [n] by both names.
 * @see https://github.com/cvg/Hierarchical-Localization
 */
export function writeHloc(
  { photos, pairs, tracks }: SetContent,
  keypointTracks: readonly Uint32Array[],
  open: (name: string) => Hdf5File,
): { features: Uint8Array<ArrayBuffer>; matches: Uint8Array<ArrayBuffer> } {
  const features = open('features.h5');
  for (const { name, size, keypoints } of photos) {
    const group = features.group(name);
    group.dataset(
      'keypoints',
      Float32Array.from(keypoints, (value) => value - HLOC_ORIGIN),
      [keypoints.length / 2, 2],
    );
    group.dataset('image_size', Float32Array.of(size.width, size.height), [2]);
  }
  const matches = open('matches.h5');
  const flat = (name: string) => name.replaceAll('/', '-');
  for (const { pair, matches: list, geometry } of pairs) {
    const [i, j] = pair;
    const count = photos[i].keypoints.length / 2;
    const partner = new Int32Array(count).fill(-1);
    const scores = new Float32Array(count);
    for (let k = 0; k < list.length / 2; k++) {
      if (!geometry.inliers[k]) continue;
      partner[list[2 * k]] = list[2 * k + 1];
      scores[list[2 * k]] = tracks.certainty[keypointTracks[i][list[2 * k]]];
    }
    const group = matches.group(`${flat(photos[i].name)}/${flat(photos[j].name)}`);
    group.dataset('matches0', partner, [count]);
    group.dataset('matching_scores0', scores, [count]);
  }
  return { features: features.finish(), matches: matches.finish() };
}
