import type { Side } from '../../shared/geometry.ts';
import { MAX_COLUMNS } from '../../state/compare/types.ts';
import { ColumnCanvas } from './column-canvas.tsx';
import { useCompare, useCompareState } from './compare-context.ts';
import { EncoderColumn } from './encoder-column.tsx';

/** The photos, and beside them one column an encoder: the row of the paper's figure, live. */
export function Columns({ photos }: { photos: Partial<Record<Side, HTMLImageElement>> }) {
  const compare = useCompare();
  const encoders = useCompareState((state) => state.settings.encoders) ?? [];
  const available = useCompareState((state) => state.available);
  if (!photos.a && !photos.b) return <p className="compare-empty">Choose a photo, or two, or a sample pair.</p>;
  const unused = available?.find(({ id }) => !encoders.includes(id));
  return (
    <div className="compare-columns" style={{ '--columns': encoders.length + 1 }}>
      <figure className="compare-column" data-encoder="original">
        <figcaption>
          <b>Photos</b>
          {unused && encoders.length < MAX_COLUMNS && (
            <button
              type="button"
              className="button quiet"
              onClick={() => compare.setEncoder(encoders.length, unused.id)}
            >
              Add encoder
            </button>
          )}
        </figcaption>
        <ColumnCanvas photos={photos} result={null} label="Both photos" />
        <p className="compare-foot">A above, B below</p>
      </figure>
      {encoders.map((id, column) => (
        <EncoderColumn key={id} column={column} id={id} photos={photos} />
      ))}
      {!available && (
        <p className="compare-empty">
          <span className="spinner" aria-hidden="true" /> Looking for encoders …
        </p>
      )}
    </div>
  );
}
