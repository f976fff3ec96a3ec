import { concatenate } from '../../../../formats/concatenate.ts';
import { encodeNpy, type NpyArray, npyOfFloat32 } from '../../../../formats/arrays/npy.ts';
import { encodePng } from '../../../../formats/images/png-writer.ts';
import { ZipWriter } from '../../../../formats/archives/zip-writer.ts';
import type { LiftSettings } from '../../contract/settings.ts';
import type { PlainFrame } from '../drawing/frame.ts';
import { debugPicture } from './debug-picture.ts';
import { type Folder, LAST_FOLDER, samplePath } from './layout.ts';

export interface SampleFile {
  path: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** What was drawn for a view, kept beside its truth. */
export interface SampleRecipe {
  photo: string;
  view: number;
  seed: number;
  settings: LiftSettings;
}

/** Pictures that were encoded already: a photo that is not lit anew is the same in all of its samples. */
export type PictureCache = WeakMap<Uint8ClampedArray, Promise<Uint8Array<ArrayBuffer>>>;

/**
 * The files of one sample in L2M's layout (see layout.ts), one after the other as they are asked for, so that only one
 * is in memory at a time; the one that marks the sample as whole comes last.
 */
export async function* sampleFiles(
  frame: PlainFrame,
  name: string,
  recipe: SampleRecipe,
  pictures: PictureCache = new WeakMap(),
): AsyncGenerator<SampleFile> {
  const { size, colour, depth, facts } = frame;
  const file = (folder: Folder, bytes: Uint8Array<ArrayBuffer>): SampleFile => ({
    path: samplePath(folder, name),
    bytes,
  });
  const shape = [size.height, size.width];
  const photo = pictures.get(colour.a) ?? encodePng({ ...size, channels: 3, samples: opaque(colour.a) });
  pictures.set(colour.a, photo);
  yield file('image1', await photo);
  yield file('image2', await encodePng({ ...size, channels: 3, samples: opaque(colour.b) }));
  yield file('depth1', encodeNpy(floats(depth.a, shape)));
  yield file('depth2', encodeNpy(floats(depth.b, shape)));
  yield file('cams', encodeNpy(floats(facts.cameras.a, [3, 3])));
  yield file('ext', encodeNpy(floats(facts.cameras.pose, [3, 4])));
  const debug = debugPicture(frame);
  yield file('debug', await encodePng({ ...debug, channels: 3, samples: opaque(debug.data) }));
  yield file(LAST_FOLDER, await truthFile(frame, recipe));
}

async function truthFile({ size, warp, visible, facts }: PlainFrame, recipe: SampleRecipe) {
  const shape = [size.height, size.width];
  const bytes = (values: Uint8Array): NpyArray => ({ dtype: 'uint8', shape, bytes: Uint8Array.from(values) });
  const arrays: [string, NpyArray][] = [
    ['warp', floats(warp.a, [2, ...shape])],
    ['visible', bytes(visible.a)],
    ['warp_ba', floats(warp.b, [2, ...shape])],
    ['visible_b', bytes(visible.b)],
    ['K_a', floats(facts.cameras.a, [3, 3])],
    ['K_b', floats(facts.cameras.b, [3, 3])],
    ['pose_ab', floats(facts.cameras.pose, [3, 4])],
  ];
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const zip = new ZipWriter((part) => void parts.push(part));
  for (const [array, values] of arrays) await zip.add(`${array}.npy`, encodeNpy(values));
  const { visible: share, covered, viewpoint } = facts;
  const described = { ...recipe, visible: share, covered, viewpoint };
  await zip.add('settings.json', new TextEncoder().encode(JSON.stringify(described, null, 2)));
  await zip.finish();
  return concatenate(parts);
}

const floats = (values: ArrayLike<number>, shape: number[]): NpyArray => npyOfFloat32(Float32Array.from(values), shape);

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
