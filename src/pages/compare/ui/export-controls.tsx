import type { BySlot } from '../contract.ts';
import { filledSlots } from '../contract.ts';
import { saveFile } from '../../../ui/save-file.ts';
import { Section } from '../../../ui/section.tsx';
import { useWorkspace } from '../../../workspace/ui/workspace-context.ts';
import { columnPicture } from './columns/column-picture.ts';
import { useCompare, useCompareState } from './compare-context.ts';
import { contactSheet } from './contact-sheet.ts';
import { layersOf } from './columns/map-layer.ts';
import type { PhotoImage } from './columns/use-photo-images.ts';

/** Saves what is seen: the sheet of maps, and the features behind them. */
export function ExportControls({ photos }: { photos: BySlot<PhotoImage> }) {
  const compare = useCompare();
  const { notices } = useWorkspace();
  const page = useCompareState((state) => state.settings.page);
  if (page === 'scores') return null;
  const slots = filledSlots(photos);
  const hasPhoto = slots.length > 0;

  const saveSheet = async () => {
    const state = compare.store.getState();
    const column = (title: string, id: string | null) => {
      const found = id === null ? null : state.columns[id]?.result;
      const result = found?.page === page ? found : null;
      return { title, picture: columnPicture(state, photos, result, layersOf(result)) };
    };
    const columns = compare.chosen().map(({ id, name }) => column(name, id));
    saveFile(await contactSheet([column('Photos', null), ...columns]), `liftmatch-${page}.png`);
  };
  const saveFeatures = async () => {
    for (const encoder of compare.chosen()) {
      for (const slot of slots) {
        const name = `features-${encoder.id.replaceAll('/', '-')}-${slot}.npy`;
        saveFile(await compare.exportFeatures(encoder, slot), name);
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
