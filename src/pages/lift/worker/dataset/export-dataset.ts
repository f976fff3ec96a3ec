import { CodedError, isCancelled, throwIfAborted, toPlainError } from '../../../../core/errors.ts';
import type { LiftProgress } from '../../contract/api.ts';
import type { DatasetOptions, DatasetPhoto, DatasetSummary } from '../../contract/dataset.ts';
import { DATASET_LIMITS } from '../../contract/dataset.ts';
import type { FrameRequest, PlainFrame, Scene } from '../drawing/frame.ts';
import { drawView } from './draw-view.ts';
import { CountingSink, describeOnce } from '../../../../exports/dataset/counting-sink.ts';
import { LAST_FOLDER, samplePath } from '../../../../exports/dataset/layout.ts';
import type { PictureCache } from '../../../../exports/dataset/pair-files.ts';
import { photoStems, sampleName, sampleSeed } from '../../../../exports/dataset/sample-names.ts';
import type { DatasetSink } from '../../../../exports/dataset/sink.ts';
import { describeDataset, recipeOf } from './layout.ts';
import { sampleFiles } from './sample-files.ts';

/** What the export needs of the engine. `Photo` is whatever the caller's photos are. */
export interface DatasetMaker<Photo extends { name: string }> {
  /** Opens a photo and its depth as settings say (the size and the square crop are in them). */
  openScene(photo: Photo, settings: DatasetOptions['settings'], signal?: AbortSignal): Promise<Scene>;
  /** Both views of a scene with light, fill and photometric changes, and their truth; no array is written to later. */
  render(request: FrameRequest): Promise<PlainFrame>;
}

export interface ExportContext {
  signal?: AbortSignal;
  onProgress?: (progress: LiftProgress) => void;
}

/**
 * Writes `options.views` seeded views of every photo. Views that the sink has whole are kept, others are made anew;
 * a photo that cannot be opened or lifted is told in the summary and does not stop the rest. One view is in memory at
 * a time.
 * @throws CodedError `dataset-options`, `dataset-other` (the sink holds a dataset made otherwise), `dataset-write`,
 * `cancelled`; an archive is then given up, a folder keeps its whole views
 */
export async function exportDataset<Photo extends { name: string } = DatasetPhoto>(
  photos: readonly Photo[],
  options: DatasetOptions,
  maker: DatasetMaker<Photo>,
  sink: DatasetSink,
  context: ExportContext = {},
): Promise<DatasetSummary> {
  checkOptions(options);
  const writer = new CountingSink(sink);
  const failures: DatasetSummary['failures'] = [];
  const pictures: PictureCache = new WeakMap();
  let views = 0;
  let kept = 0;
  try {
    await describeOnce(writer, recipeOf(options), describeDataset(options));
    const stems = photoStems(photos.map(({ name }) => name));
    for (const [index, photo] of photos.entries()) {
      const report = (view: number, stage: LiftProgress['stage']) =>
        context.onProgress?.({
          stage,
          fraction: (index + view / options.views) / photos.length,
          detail: `${photo.name}, view ${Math.min(view + 1, options.views)} of ${options.views}`,
        });
      try {
        let scene: Scene | null = null;
        for (let view = 0; view < options.views; view++) {
          throwIfAborted(context.signal);
          const name = sampleName(stems[index], view);
          if (await writer.has(samplePath(LAST_FOLDER, name))) {
            kept++;
            continue;
          }
          const seed = sampleSeed(options.seed, stems[index], view);
          const settings = drawView(options, seed);
          // Opened for the first view that is missing: a dataset that is whole is gone through in no time.
          if (!scene) report(view, 'depth');
          scene ??= await maker.openScene(photo, settings, context.signal);
          report(view, 'render');
          const frame = await maker.render({ scene, settings, seed });
          const recipe = { photo: photo.name, view, seed, settings };
          for await (const { path, bytes } of sampleFiles(frame, name, recipe, pictures)) {
            throwIfAborted(context.signal);
            await writer.write(path, bytes);
          }
          views++;
          report(view + 1, 'write');
        }
      } catch (error) {
        if (isCancelled(error) || error === writer.failure) throw error;
        failures.push({ name: photo.name, message: toPlainError(error).message });
      }
    }
    throwIfAborted(context.signal);
    const blob = await writer.finish();
    return { photos: photos.length - failures.length, views, kept, bytes: writer.bytes, failures, blob };
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

function checkOptions({ views, size }: DatasetOptions): void {
  const [fewest, most] = DATASET_LIMITS.views;
  const [smallest, largest] = DATASET_LIMITS.size;
  const isWhole = Number.isInteger(views) && Number.isInteger(size);
  if (isWhole && views >= fewest && views <= most && size >= smallest && size <= largest) return;
  throw new CodedError(
    'dataset-options',
    `A dataset of ${views} views of ${size} pixels cannot be made.`,
    `Choose ${fewest} to ${most} views and a size of ${smallest} to ${largest} pixels.`,
  );
}
