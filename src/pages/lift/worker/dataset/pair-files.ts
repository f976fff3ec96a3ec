import type { PlainFrame, FrameRequest } from '../drawing/frame.ts';
import { encodePng } from '../../../../formats/images/png-writer.ts';
import type { Size } from '../../../../core/geometry.ts';
import { ZipWriter } from '../../../../formats/archives/zip-writer.ts';
import type { ExportedFile } from '../../../../core/exported-file.ts';
import { sampleFiles } from './sample-files.ts';
import { photoStems, sampleName } from '../../../../exports/dataset/sample-names.ts';

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
