import type { DatasetTarget } from '../../core/dataset-target.ts';
import { directorySink } from './directory-sink.ts';
import type { DatasetSink } from './sink.ts';
import { blobTarget, fileTarget, zipSink } from './zip-sink.ts';

/** The sink of what the person chose in the page. */
export async function openSink(target: DatasetTarget): Promise<DatasetSink> {
  if (target.kind === 'directory') return directorySink(target.handle);
  return zipSink(target.handle ? await fileTarget(target.handle) : blobTarget());
}
