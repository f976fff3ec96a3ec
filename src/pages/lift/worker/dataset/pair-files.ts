import { npyOfFloat32, type NpyArray } from '../../../../formats/arrays/npy.ts';
import { writeNpz } from '../../../../formats/arrays/npz.ts';
import type { PlainFrame, FrameRequest } from '../drawing/frame.ts';
import { encodePng } from '../../../../formats/images/png-writer.ts';
import type { Size } from '../../../../core/geometry.ts';
import { ZipWriter } from '../../../../formats/archives/zip-writer.ts';
import type { ExportedFile } from '../../../../core/exported-file.ts';
import { sampleFiles } from './sample-files.ts';
import { photoStems, sampleName } from '../../../../exports/dataset/sample-names.ts';

/**
 * The truth of a frame as Compare reads it (engine/compare/truth): `warp` [2, h, w] photo → view, normalised, and
 * `visible` [h, w] on the photo's grid; K_a, K_b, pose_ab [3, 4] and depth_a, depth_b [h, w] in scene units; `size_a`
 * and `size_b` as width and height.
 */
export async function truthNpz({ size, warp, visible, depth, facts }: PlainFrame): Promise<Blob> {
  const { width, height } = size;
  const floats = (values: ArrayLike<number>, shape: number[]): NpyArray =>
    npyOfFloat32(Float32Array.from(values), shape);
  const arrays: [string, NpyArray][] = [
    ['warp', floats(warp.a, [2, height, width])],
    ['visible', { dtype: 'uint8', shape: [height, width], bytes: Uint8Array.from(visible.a) }],
    ['K_a', floats(facts.cameras.a, [3, 3])],
    ['K_b', floats(facts.cameras.b, [3, 3])],
    ['pose_ab', floats(facts.cameras.pose, [3, 4])],
    ['depth_a', floats(depth.a, [height, width])],
    ['depth_b', floats(depth.b, [height, width])],
    ['size_a', floats([width, height], [2])],
    ['size_b', floats([width, height], [2])],
  ];
  const parts: Uint8Array<ArrayBuffer>[] = [];
  await writeNpz((bytes) => void parts.push(bytes.slice()), arrays);
  return new Blob(parts, { type: 'application/zip' });
}

/** RGBA pixels as a PNG without transparency; what is transparent is black. */
export async function encodePicture(rgba: Uint8ClampedArray, size: Size): Promise<Blob> {
  const samples = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    if (rgba[from + 3]) samples.set(rgba.subarray(from, from + 3), to);
  }
  return new Blob([await encodePng({ ...size, channels: 3, samples })], { type: 'image/png' });
}

/** A photo's name without its ending, for names of files made from it. */
export const fileStem = (name: string): string => name.replace(/\.[^.]{1,5}$/, '') || 'photo';

/** One frame as a ZIP with a single sample of a dataset. */
export async function sampleArchive(
  frame: PlainFrame,
  { settings, seed }: FrameRequest,
  photo: string,
): Promise<ExportedFile> {
  const [stem] = photoStems([photo]);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const zip = new ZipWriter((bytes) => void parts.push(bytes.slice()));
  const recipe = { photo, view: 0, seed, settings };
  for await (const { path, bytes } of sampleFiles(frame, sampleName(stem, 0), recipe)) await zip.add(path, bytes);
  await zip.finish();
  return { name: `${stem}-lift.zip`, blob: new Blob(parts, { type: 'application/zip' }), notes: [] };
}
