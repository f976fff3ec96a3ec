import type { CallOptions } from '../../link/engine.ts';
import type { ExportOptions } from '../../../../exports/export-format.ts';
import { exportFormat } from '../../../../exports/index.ts';
import { CodedError } from '../../../../core/errors.ts';
import type { ExportRequest } from '../../contract/exports.ts';
import { DEFAULT_EXPORT_SETTINGS, exportOptions, type ExportSettings } from '../../params/export.ts';
import type { ExportedFile } from '../../../../core/exported-file.ts';
import type { EngineLink } from '../engine-link.ts';
import { formatAddress } from '../address/url.ts';
import type { MatchStore } from '../store.ts';

/** What the person chooses; the rest of the request is what the page shows. */
export type ExportChoice = ExportOptions & Pick<ExportRequest, 'format'>;

export const DEFAULT_EXPORT: ExportChoice = {
  format: DEFAULT_EXPORT_SETTINGS.format,
  ...exportOptions(DEFAULT_EXPORT_SETTINGS),
};

/** Makes files of the present match; the engine's worker encodes them. */
export class Exporting {
  constructor(
    private readonly store: MatchStore,
    private readonly link: EngineLink,
  ) {}

  /** What is chosen, with what is shown where nothing is. */
  choice(): ExportChoice {
    const { exports, view } = this.store.getState();
    return { format: exports.format, ...exportOptions(exports, view.view === 'fly') };
  }

  change(patch: Partial<ExportSettings>): void {
    this.store.setState(({ exports }) => ({ exports: { ...exports, ...patch } }));
  }

  /** Rejects with a CodedError: `export-nothing` without a match, and the engine's own. */
  async make(choice: ExportChoice, options?: CallOptions): Promise<ExportedFile> {
    const { photos, view, settings, geometry, pins, result } = this.store.getState();
    const [a, b] = [photos.a.photo, photos.b.photo];
    if (!a || !b || !result) {
      throw new CodedError('export-nothing', 'There is no match to save.', 'Open two photos and wait for their match.');
    }
    const request: ExportRequest = {
      ...choice,
      // The others hold what the view draws.
      count: exportFormat(choice.format).choices.includes('count') ? choice.count : null,
      photos: { a: { name: a.name, file: a.file }, b: { name: b.name, file: b.file } },
      query: formatAddress({ view, settings, geometry, pins, sample: null, photos: { a: null, b: null } }),
      cameras: geometry.settings.camera,
      view,
    };
    return this.link.call('exportMatch', request, options);
  }
}
