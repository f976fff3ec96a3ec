import type { CallOptions } from '../../link/engine.ts';
import { DEFAULT_ANIMATION } from '../../../../exports/animation-settings.ts';
import { DEFAULT_FULL_SIZE } from '../../../../exports/full-size-settings.ts';
import { FILE_MATCHES } from '../../../../exports/export-format.ts';
import { exportFormat } from '../../../../exports/index.ts';
import { CodedError } from '../../../../core/errors.ts';
import type { ExportRequest } from '../../contract/exports.ts';
import type { ExportedFile } from '../../../../core/exported-file.ts';
import type { EngineLink } from '../engine-link.ts';
import { formatAddress } from '../address/url.ts';
import type { MatchStore } from '../store.ts';

/** What the person chooses; the rest of the request is what the page shows. */
export type ExportChoice = Pick<
  ExportRequest,
  'format' | 'side' | 'flowSize' | 'scale' | 'legend' | 'animation' | 'fullSize' | 'firstPixel' | 'count'
>;

export const DEFAULT_EXPORT: ExportChoice = {
  format: 'share',
  side: 'a',
  flowSize: 'match',
  scale: 2,
  legend: true,
  animation: DEFAULT_ANIMATION,
  firstPixel: 0.5,
  fullSize: DEFAULT_FULL_SIZE,
  count: FILE_MATCHES.default,
};

/** Makes files of the present match; the engine's worker encodes them. */
export class Exporting {
  constructor(
    private readonly store: MatchStore,
    private readonly link: EngineLink,
  ) {}

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
