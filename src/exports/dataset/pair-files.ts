import type { Side } from '../../core/geometry.ts';
import { ZipWriter } from '../../formats/archives/zip-writer.ts';
import { encodeNpy, type NpyArray, npyOfFloat32 } from '../../formats/arrays/npy.ts';
import { concatenate } from '../../formats/concatenate.ts';
import { encodePng } from '../../formats/images/png-writer.ts';
import { debugPicture, type PairPictures } from './debug-picture.ts';
import { type Folder, LAST_FOLDER, samplePath } from './layout.ts';

export interface SampleFile {
  path: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** A pair with exact truth, whatever it was made of. */
export interface DatasetPair extends PairPictures {
  /** [h, w] along each view's axis, scene units; 0 where there is none. */
  readonly depth: Readonly<Record<Side, Float32Array>>;
  /** K of both views, [3, 3] row by row, and [R|t] from a to b, [3, 4]. */
  readonly cameras: { readonly a: readonly number[]; readonly b: readonly number[]; readonly pose: readonly number[] };
}

/** Pictures that were encoded already: a photo that is not lit anew is the same in all of its samples. */
export type PictureCache = WeakMap<Uint8ClampedArray, Promise<Uint8Array<ArrayBuffer>>>;

/**
 * The files of one pair in L2M's layout (layout.ts), one after the other as they are asked for, so that only one is in
 * memory at a time; the one that marks the pair as whole comes last.
 *
 * @param described contents of settings.json
 * @param more files of other folders, by their paths
 */
export async function* pairFiles(
  pair: DatasetPair,
  name: string,
  described: object,
  pictures: PictureCache = new WeakMap(),
  more: () => AsyncIterable<SampleFile> | Iterable<SampleFile> = () => [],
): AsyncGenerator<SampleFile> {
  const { size, colour, depth, cameras } = pair;
  const file = (folder: Folder, bytes: Uint8Array<ArrayBuffer>): SampleFile => ({
    path: samplePath(folder, name),
    bytes,
  });
  const shape = [size.height, size.width];
  const photo = pictures.get(colour.a) ?? encodePng({ ...size, channels: 3, samples: opaque(colour.a) });
  pictures.set(colour.a, photo);
  yield file('image1', await photo);
  yield file('image2', await encodePng({ ...size, channels: 3, samples: opaque(colour.b) }));
  yield file('depth1', encodeNpy(npyFloats(depth.a, shape)));
  yield file('depth2', encodeNpy(npyFloats(depth.b, shape)));
  yield file('cams', encodeNpy(npyFloats(cameras.a, [3, 3])));
  yield file('ext', encodeNpy(npyFloats(cameras.pose, [3, 4])));
  const debug = debugPicture(pair);
  yield file('debug', await encodePng({ ...debug, channels: 3, samples: opaque(debug.data) }));
  yield* more();
  yield file(LAST_FOLDER, await truthFile(pair, described));
}

async function truthFile({ size, warp, visible, cameras }: DatasetPair, described: object) {
  const shape = [size.height, size.width];
  const bytes = (values: Uint8Array): NpyArray => ({ dtype: 'uint8', shape, bytes: Uint8Array.from(values) });
  const arrays: [string, NpyArray][] = [
    ['warp', npyFloats(warp.a, [2, ...shape])],
    ['visible', bytes(visible.a)],
    ['warp_ba', npyFloats(warp.b, [2, ...shape])],
    ['visible_b', bytes(visible.b)],
    ['K_a', npyFloats(cameras.a, [3, 3])],
    ['K_b', npyFloats(cameras.b, [3, 3])],
    ['pose_ab', npyFloats(cameras.pose, [3, 4])],
  ];
  return encodeNpz(arrays, { 'settings.json': JSON.stringify(described, null, 2) });
}

/** A npz archive, with texts beside its arrays. */
export async function encodeNpz(
  arrays: readonly (readonly [string, NpyArray])[],
  texts: Readonly<Record<string, string>> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const zip = new ZipWriter((part) => void parts.push(part));
  for (const [array, values] of arrays) await zip.add(`${array}.npy`, encodeNpy(values));
  for (const [name, text] of Object.entries(texts)) await zip.add(name, new TextEncoder().encode(text));
  await zip.finish();
  return concatenate(parts);
}

export const npyFloats = (values: ArrayLike<number>, shape: number[]): NpyArray =>
  npyOfFloat32(Float32Array.from(values), shape);

/** RGB of RGBA; what is transparent is black. */
function opaque(rgba: Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    if (rgba[from + 3] === 0) continue;
    rgb[to] = rgba[from];
    rgb[to + 1] = rgba[from + 1];
    rgb[to + 2] = rgba[from + 2];
  }
  return rgb;
}
