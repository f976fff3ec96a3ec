import { ZipWriter } from '../../../../formats/archives/zip-writer.ts';
import type { ExportedFile } from '../../../../core/exported-file.ts';
import { sampleFiles } from './sample-files.ts';
import { photoStems, sampleName } from '../../../../exports/dataset/sample-names.ts';
import type { FrameRequest, PlainFrame } from '../drawing/frame.ts';

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
