import { CodedError } from '../../core/errors.ts';
import type { DepthSplatConfig, Size } from './config.ts';

/** What a published file's configuration says and its tensors do not. */
export interface Release {
  /** Nearest and farthest depth of the search, in the unit of the poses. */
  readonly near: number;
  readonly far: number;
  /** Largest axis of a Gaussian, in the same unit. */
  readonly scaleMax: number;
  /** Input that it was trained with. */
  readonly size: Size;
}

/** By the first eight digits of the file's sha256, which stand in its name: files of 27 April 2025 (MODEL_ZOO of cvg/depthsplat). */
export const RELEASES: Readonly<Record<string, Release>> = {
  cfeab6b1: { near: 0.5, far: 100, scaleMax: 3, size: [256, 256] },
  ca7b6795: { near: 0.5, far: 100, scaleMax: 3, size: [256, 256] },
  e0f0f27a: { near: 0.5, far: 100, scaleMax: 3, size: [256, 256] },
  fea94f65: { near: 0.5, far: 100, scaleMax: 3, size: [256, 448] },
  '02c7b19d': { near: 0.5, far: 200, scaleMax: 3, size: [256, 448] },
  c08188db: { near: 0.5, far: 200, scaleMax: 0.1, size: [448, 768] },
  f8ddd845: { near: 0.5, far: 200, scaleMax: 0.1, size: [448, 768] },
  e807bd82: { near: 0.5, far: 100, scaleMax: 3, size: [352, 640] },
  '65a892c5': { near: 0.5, far: 100, scaleMax: 3, size: [352, 640] },
};

/** Files of 27 March 2025: the same tensors, but another rule for the Gaussians' size. */
const SUPERSEDED = ['20f39ed8', 'fbe87117', '8ee2ec2c', '76a0605a', 'd94d996f', '1e257b90', 'f40abc4f'];

/**
 * The release that a file's name tells by its hash.
 *
 * @returns the release, null where the name has no hash that is known
 * @throws CodedError `depthsplat-superseded` for files that another network's code was published with
 */
export function releaseOf(fileName: string): Release | null {
  const hashes = fileName.toLowerCase().match(/(?<![0-9a-f])[0-9a-f]{8}(?![0-9a-f])/g) ?? [];
  const old = hashes.find((hash) => SUPERSEDED.includes(hash));
  if (old !== undefined) {
    throw new CodedError(
      'depthsplat-superseded',
      `${fileName} is DepthSplat of March 2025 (${old}): its Gaussians' sizes follow another rule, which its authors gave up in April.`,
      'Use the file of April 2025 with the same name and another hash at its end.',
    );
  }
  const known = hashes.find((hash) => Object.hasOwn(RELEASES, hash));
  return known === undefined ? null : RELEASES[known];
}

/** What is taken where the name tells nothing, with what was assumed in words. */
export function assumedRelease({ lowest, scales, gaussianChannels }: DepthSplatConfig): {
  release: Release;
  assumed: string;
} {
  // Of its files of Gaussians, one scale at an eighth is the high-resolution one alone.
  const scaleMax = scales.length === 1 && lowest === 8 && gaussianChannels > 0 ? 0.1 : 3;
  const release: Release = { near: 0.5, far: 100, scaleMax, size: lowest === 4 ? [256, 256] : [256, 448] };
  const limits = gaussianChannels > 0 ? `, Gaussians of at most ${scaleMax}` : '';
  return {
    release,
    assumed: `The file's name has no known hash, which alone tells the release: April 2025 is assumed, with depths from ${release.near} to ${release.far}${limits}. A file of March 2025 would give wrong sizes.`,
  };
}
