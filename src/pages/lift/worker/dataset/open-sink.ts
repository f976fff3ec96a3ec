import type { DatasetTarget } from '../../contract/dataset.ts';
import { directorySink } from '../../../../exports/dataset/directory-sink.ts';
import type { DatasetSink } from '../../../../exports/dataset/sink.ts';
import { blobTarget, fileTarget, zipSink } from '../../../../exports/dataset/zip-sink.ts';

/** The sink of what the person chose in the page. */
export async function openSink(target: DatasetTarget): Promise<DatasetSink> {
  if (target.kind === 'directory') return directorySink(target.handle);
  return zipSink(target.handle ? await fileTarget(target.handle) : blobTarget());
}
