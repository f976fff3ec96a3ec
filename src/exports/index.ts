import { animation } from './animation.ts';
import { colmap } from './colmap.ts';
import { csv } from './csv.ts';
import { database } from './database.ts';
import type { ExportFormat } from './export-format.ts';
import { figure } from './figure.ts';
import { flo } from './flo.ts';
import { fullSize } from './full-size.ts';
import { json } from './json.ts';
import { kitti } from './kitti.ts';
import { npz } from './npz.ts';
import { opencv } from './opencv.ts';
import { own } from './own.ts';
import { share } from './share.ts';
import { svg } from './svg.ts';

/** What a match can be saved as, in the order of the dialog. */
export const EXPORTS = [
  share,
  figure,
  svg,
  animation,
  fullSize,
  csv,
  json,
  own,
  npz,
  flo,
  kitti,
  colmap,
  database,
  opencv,
] as const satisfies readonly ExportFormat[];

export type ExportName = (typeof EXPORTS)[number]['name'];

/** Formats that a batch of many pairs makes. */
export const BATCH_EXPORTS = EXPORTS.filter(({ inBatch }) => inBatch);

const BY_NAME = new Map<ExportName, ExportFormat>(EXPORTS.map((format) => [format.name, format]));

export const exportFormat = (name: ExportName): ExportFormat => BY_NAME.get(name)!;

/** Whether a word from outside names a format. */
export const isExportName = (name: unknown): name is ExportName => BY_NAME.has(name as ExportName);
