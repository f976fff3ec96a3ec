import { cameraOfPhoto, camerasOfTexts } from '../../../../core/camera-model.ts';
import { CodedError } from '../../../../core/errors.ts';
import type { ExportedFile } from '../../../../core/exported-file.ts';
import { otherSide, type Side, type Size } from '../../../../core/geometry.ts';
import { FILE_MATCHES, type ExportRun, type StageSource } from '../../../../exports/export-format.ts';
import { fileName } from '../../../../exports/file-name.ts';
import { exportFormat } from '../../../../exports/index.ts';
import { denseFlow } from '../../../../matching/dense-flow.ts';
import { sampleMatches } from '../../../../compute/sample-matches/cpu.ts';
import { matchTable } from '../../../../matching/match-table.ts';
import type { Gpu } from '../../../../platform/gpu/device.ts';
import type { ExportRequest } from '../../contract/exports.ts';
import { legendOf } from '../../views/index.ts';
import type { ShownScene } from '../stage/match-scene.ts';

/** What the engine shows, and what it draws with. */
export interface ExportScene extends ShownScene {
  /** CSS pixels. */
  stageSize: Size;
  gpu: Gpu | null;
}

/**
 * The match that is shown as a file. Throws `export-nothing` where nothing is drawn, and what the formats throw:
 * `export-empty`, `export-too-large`, `cancelled`.
 */
export async function exportShown(request: ExportRequest, scene: ExportScene, run: ExportRun): Promise<ExportedFile> {
  const format = exportFormat(request.format);
  const { blob, notes = [] } = await format.write(request, sourceOf(request, scene), run);
  return { name: fileName(format, request), blob, notes };
}

/** What formats may ask of the match that is shown. What only one of them asks for comes when it does. */
function sourceOf(request: ExportRequest, scene: ExportScene): StageSource {
  const { shown, stage, stageSize, gpu, photos } = scene;
  const { a, b } = photos;
  if (!stage)
    throw new CodedError('export-nothing', 'There is no picture to save.', 'Open the app on a page of its own.');
  const { result } = shown;
  const sizes: Record<Side, Size> = { a: a.size, b: b.size };
  const focal = { a: a.info.focal ?? null, b: b.info.focal ?? null };
  const measured = camerasOfTexts(request.cameras);
  const camera = (side: Side) => {
    const known = measured[side];
    return known && cameraOfPhoto(known, sizes[side], side.toUpperCase());
  };
  const cameras = { a: camera('a'), b: camera('b') };
  const inverseDepths = stage.fit?.pose?.inverseDepths ?? null;
  const snapshot = (scale: number) => stage.snapshot(scale);
  return {
    model: result.modelName,
    verdict: result.verdict,
    result,
    sizes,
    focal,
    cameras,
    snapshot,
    readField: (side) => shown.readField(side),
    readMatches: async () => {
      const fields = { a: await shown.readField('a'), b: await shown.readField('b') };
      const { count, view } = request;
      if (count === null) return matchTable(await stage.readMatches(), sizes, fields);
      const plain = { a: { ...fields.a, photo: sizes.a }, b: { ...fields.b, photo: sizes.b } };
      const { seed, threshold, cycleLimit } = view;
      return matchTable(sampleMatches(plain, { count, seed, threshold, cycleLimit }).rows, sizes, fields);
    },
    readFlow: async (side, longSide, { threshold, cycleLimit }) => {
      const options = { from: sizes[side], to: sizes[otherSide(side)], longSide, threshold, cycleLimit };
      return denseFlow(await shown.readField(side), options);
    },
    drawFullSize: async (settings, limits, options) => {
      const [{ drawFullSize }, { openPhotoPixels }] = await Promise.all([
        import('./full-size.ts'),
        import('./photo-pixels.ts'),
      ]);
      const fields = async () => ({ a: await shown.readField('a'), b: await shown.readField('b') });
      const source = {
        names: { a: request.photos.a.name, b: request.photos.b.name },
        sizes,
        readField: (side: Side) => shown.readField(side),
        readHomography: async () => {
          const { twoViewGeometry } = await import('./two-view-geometry.ts');
          const both = await fields();
          const plain = { a: { ...both.a, photo: sizes.a }, b: { ...both.b, photo: sizes.b } };
          const { seed, threshold, cycleLimit } = request.view;
          const { rows } = sampleMatches(plain, { count: FILE_MATCHES, seed, threshold, cycleLimit });
          return (await twoViewGeometry(matchTable(rows, sizes, both), sizes, focal, options)).homography;
        },
        openPixels: (side: Side) => openPhotoPixels(photos[side], request.photos[side].file),
      };
      return drawFullSize(settings, limits, source, options);
    },
    readGeometry: async (table, options) => {
      const { twoViewGeometry } = await import('./two-view-geometry.ts');
      return twoViewGeometry(table, sizes, focal, { ...options, cameras, verdict: result.verdict.kind });
    },
    openDatabase: async () => (await import('../../../../exports/open-sqlite.ts')).openSqlite(),
    readLegend: () => legendOf(request.view, { photoA: sizes.a, inverseDepths }),
    poster: async (longSide) => posterOf(await snapshot(1), longSide),
    withLegend: async (...drawn) => (await import('./figure.ts')).addLegend(...drawn),
    drawVectors: async () => {
      const { vectorFigure } = await import('./vector-figure.ts');
      const svg = await vectorFigure(request, {
        stage: stageSize,
        images: { a: a.image, b: b.image },
        sizes,
        rows: await stage.readMatches(),
        inliers: stage.fit?.inliers ?? null,
        inverseDepths,
        snapshot,
      });
      return { svg, isVector: request.view.view === 'matches' };
    },
    animate: async (settings, options) => {
      const [{ animate, frameSize }, { cpuFrames, gpuFrames }] = await Promise.all([
        import('./animation/animate.ts'),
        import('./animation/frame-source.ts'),
      ]);
      const size = frameSize(sizes.a, settings.longSide);
      const { fly } = stage;
      if (settings.kind === 'fly' && !fly) throw noScene();
      const subject = { photos, view: request.view, fly };
      const field = shown.gpuField();
      const frames =
        gpu && field
          ? gpuFrames(gpu, field, subject, settings.kind, size)
          : cpuFrames({ a: await shown.readField('a'), b: await shown.readField('b') }, subject, settings.kind, size);
      try {
        return { blob: await animate(settings, size, frames, options), size, isSoft: !(gpu && field) };
      } finally {
        frames.close();
      }
    },
  };
}

const noScene = () =>
  new CodedError('fly-none', 'There is no scene of this match.', 'Open the view Fly and wait for its picture.');

/** A picture as a small JPEG: what an embedding page shows at once. */
async function posterOf(png: Blob, longSide: number): Promise<Blob> {
  const image = await createImageBitmap(png);
  const scale = Math.min(1, longSide / Math.max(image.width, image.height));
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(image.width * scale)),
    Math.max(1, Math.round(image.height * scale)),
  );
  const context = canvas.getContext('2d', { alpha: false })!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 });
}
