import type { BySlot } from '../../contract.ts';
import { filledSlots } from '../../contract.ts';
import { ColumnCanvas } from './column-canvas.tsx';
import { useCompareState } from '../compare-context.ts';
import { EncoderColumn } from './encoder-column.tsx';
import type { PhotoImage } from './use-photo-images.ts';

/** The photos, and beside them one column an encoder: the row of the paper's figure, live. */
export function Columns({ photos }: { photos: BySlot<PhotoImage> }) {
  const wanted = useCompareState((state) => state.settings.encoders) ?? [];
  const available = useCompareState((state) => state.available);
  const slots = filledSlots(photos);
  if (slots.length === 0) return <p className="compare-empty">Choose a photo, or up to four, or a sample pair.</p>;
  const encoders = wanted.filter((id) => available?.some((encoder) => encoder.id === id));
  return (
    <div className="compare-columns" style={{ '--columns': encoders.length + 1 }}>
      <figure className="compare-column" data-encoder="original">
        <figcaption>
          <b>Photos</b>
        </figcaption>
        <ColumnCanvas photos={photos} result={null} label="The photos" />
        <p className="compare-foot">{slots.map((slot) => slot.toUpperCase()).join(', ')} from above</p>
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
