import type { Batch } from '../../state/batch/batch.ts';
import { chosenFiles, droppedFiles } from '../../state/batch/dropped-files.ts';
import type { Pairing } from '../../state/batch/pairing.ts';
import type { BatchState } from '../../state/batch/types.ts';
import { whole } from '../../../../ui/format.ts';
import { Segmented } from '../../../../ui/segmented.tsx';
import { useDropZone } from '../../../../ui/use-drop-zone.ts';
import { useWorkspace } from '../workspace-context.ts';

const PAIRINGS: { value: Pairing; label: string }[] = [
  { value: 'next', label: 'Each with the next' },
  { value: 'twos', label: 'Two by two' },
  { value: 'first', label: 'First with all' },
  { value: 'list', label: 'By a list' },
];

/** Not in React's types: lets a file input choose a whole folder. */
const FOLDER = { webkitdirectory: '' } as object;

/** Which photos, and how they become pairs. */
export function BatchFiles({ batch, state }: { batch: Batch; state: BatchState }) {
  const { notices } = useWorkspace();
  const { photos, pairing, list, calibrations } = state;
  const dropZone = useDropZone((transfer) => {
    void droppedFiles(transfer).then(
      (files) => batch.choose(files),
      (thrown) => notices.report(thrown),
    );
  });
  const input = (label: string, attributes: object) => (
    <label className="button">
      {label}
      <input
        type="file"
        multiple
        className="visually-hidden"
        onChange={({ target }) => {
          void batch.choose(chosenFiles(target.files ?? []));
          target.value = '';
        }}
        {...attributes}
      />
    </label>
  );
  return (
    <>
      <div className="batch-drop" {...dropZone}>
        <p>
          {photos.length ? (
            <b>
              {whole(photos.length)} photos
              {calibrations.length > 0 &&
                `, calibrations: ${calibrations
                  .map(({ name }) => name)
                  .slice(0, 3)
                  .join(', ')}`}
              {calibrations.length > 3 && ' …'}.
            </b>
          ) : (
            'Drop photos, a folder, or a list of pairs (CSV) here; masks and calibrations are found by name.'
          )}
        </p>
        <div className="row">
          {input('Choose photos', { accept: 'image/*,.csv,.tsv,.txt,.yml,.yaml,.json' })}
          {input('Choose a folder', FOLDER)}
        </div>
      </div>
      {photos.length > 0 && (
        <Segmented
          label="Pairs"
          value={pairing}
          options={PAIRINGS}
          onChange={(value) => batch.arrange({ pairing: value })}
        />
      )}
      {photos.length > 0 && pairing === 'list' && (
        <label className="stack-tight">
          Two names a line
          <textarea
            className="snippet"
            rows={4}
            spellCheck={false}
            placeholder={'left.jpg, right.jpg\nholiday/1.jpg, holiday/2.jpg'}
            value={list}
            onChange={(event) => batch.arrange({ list: event.target.value })}
          />
        </label>
      )}
    </>
  );
}
