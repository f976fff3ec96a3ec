import type { Side } from '../../shared/geometry.ts';
import type { CompareState } from '../../state/compare/types.ts';
import { saveFile } from '../common/save-file.ts';
import { Section } from '../common/section.tsx';
import { useWorkspace } from '../workspace-context.ts';
import { useCompare, useCompareState } from './compare-context.ts';
import { contactSheet } from './contact-sheet.ts';
import type { ColumnPicture } from './draw-column.ts';
import { layerOf } from './map-layer.ts';

/** Saves what is seen: the sheet of maps, and the features behind them. */
export function ExportControls({ photos }: { photos: Partial<Record<Side, HTMLImageElement>> }) {
  const compare = useCompare();
  const { notices } = useWorkspace();
  const page = useCompareState((state) => state.settings.page);
  if (page === 'scores') return null;
  const hasPhoto = photos.a !== undefined || photos.b !== undefined;

  const saveSheet = async () => {
    const state = compare.store.getState();
    const columns = compare.chosen().map(({ id, name }) => ({ title: name, picture: pictureOf(state, photos, id) }));
    saveFile(
      await contactSheet([{ title: 'Photos', picture: pictureOf(state, photos, null) }, ...columns]),
      `liftmatch-${page}.png`,
    );
  };
  const saveFeatures = async () => {
    for (const encoder of compare.chosen()) {
      for (const side of ['a', 'b'] as const) {
        if (photos[side])
          saveFile(await compare.exportFeatures(encoder, side), `features-${encoder.id.replace('/', '-')}-${side}.npy`);
      }
    }
  };
  const report = (job: () => Promise<void>) => () => void job().catch((thrown: unknown) => notices.report(thrown));

  return (
    <Section title="Save" open>
      <div className="row">
        <button type="button" className="button" disabled={!hasPhoto} onClick={report(saveSheet)}>
          Contact sheet (PNG)
        </button>
        <button type="button" className="button" disabled={!hasPhoto} onClick={report(saveFeatures)}>
          Features (.npy)
        </button>
      </div>
    </Section>
  );
}

function pictureOf(state: CompareState, photos: ColumnPicture['photos'], id: string | null): ColumnPicture {
  const { settings, point, matched } = state;
  const found = id === null ? null : state.columns[id]?.result;
  const result = found?.page === settings.page ? found : null;
  const isPointed = settings.page === 'similarity';
  return {
    photos,
    result,
    layers: result ? { a: layerOf(result, 'a'), b: layerOf(result, 'b') } : {},
    opacity: settings.opacity,
    isSmooth: settings.upsampling === 'bilinear',
    showsGrid: settings.showsGrid,
    point: isPointed ? point : null,
    matched: isPointed ? matched : null,
  };
}
