import type { ExportWish } from '../../../exports/export-format.ts';
import type { ExportName } from '../../../exports/index.ts';
import type { ViewSettings } from './view.ts';

/** A file that the page asks its worker for. */
export interface ExportRequest extends ExportWish {
  format: ExportName;
  /** What is shown: threshold and cycle limit also decide which places of a flow file are valid. */
  view: ViewSettings;
}
