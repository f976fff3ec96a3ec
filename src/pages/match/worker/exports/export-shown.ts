import type { Gpu } from '../../../../platform/gpu/device.ts';
import { CodedError } from '../../../../core/errors.ts';
import type { ExportRequest } from '../../contract/exports.ts';
import type { ExportedFile } from '../../../../core/exported-file.ts';
import type { Size } from '../../../../core/geometry.ts';
import type { ShownScene } from '../stage/match-scene.ts';
import { matchTable } from '../../../../matching/match-table.ts';
import { cpuFrames, gpuFrames } from './animation/frame-source.ts';
import { exportMatch, type ExportRun } from './export-match.ts';

/** What the engine shows, and what it draws with. */
export interface ExportScene extends ShownScene {
  /** CSS pixels. */
  stageSize: Size;
  gpu: Gpu | null;
}

/** The match that is shown as a file. Throws `export-nothing` where nothing is drawn, and what `exportMatch` throws. */
export async function exportShown(request: ExportRequest, scene: ExportScene, run: ExportRun): Promise<ExportedFile> {
  const { shown, stage, stageSize, gpu, photos } = scene;
  const { a, b } = photos;
  if (!stage)
    throw new CodedError('export-nothing', 'There is no picture to save.', 'Open the app on a page of its own.');
  const sizes = { a: a.size, b: b.size };
  const rows = await stage.readMatches();
  const source: Parameters<typeof exportMatch>[1] = {
    result: shown.result,
    sizes,
    focal: { a: a.info.focal ?? null, b: b.info.focal ?? null },
    inverseDepths: stage.fit?.pose?.inverseDepths ?? null,
    readField: (side) => shown.readField(side),
    readMatches: async () => {
      return matchTable(rows, sizes, { a: await shown.readField('a'), b: await shown.readField('b') });
    },
    snapshot: (scale) => stage.snapshot(scale),
    figure: async () => ({
      stage: stageSize,
      images: { a: a.image, b: b.image },
      rows,
      inliers: stage.fit?.inliers ?? null,
    }),
    frames: async (kind, size) => {
      const subject = { photos, view: request.view };
      const field = shown.gpuField();
      if (gpu && field) return { ...gpuFrames(gpu, field, subject, kind, size), isSoft: false };
      const fields = { a: await shown.readField('a'), b: await shown.readField('b') };
      return { ...cpuFrames(fields, subject, kind, size), isSoft: true };
    },
  };
  return exportMatch(request, source, run);
}
