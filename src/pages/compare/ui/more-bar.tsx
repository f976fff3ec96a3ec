import { useRef } from 'react';
import type { ChangeEvent } from 'react';
import { addPhotos } from '../state/intake.ts';
import type { ExtraSlot } from '../state/types.ts';
import { EXTRA_SLOTS } from '../state/types.ts';
import { MAX_COLUMNS } from '../settings.ts';
import { dimensions } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { CloseIcon, PlusIcon } from '../../../ui/icons.tsx';
import { useCompare, useCompareState } from './compare-context.ts';

/** Photos beyond A and B, and the buttons that add another photo or encoder. */
export function MoreBar() {
  const compare = useCompare();
  const extra = useCompareState((state) => state.extra);
  const available = useCompareState((state) => state.available);
  const encoders = useCompareState((state) => state.settings.encoders) ?? [];
  const picker = useRef<HTMLInputElement>(null);
  const unused = available?.find(({ id }) => !encoders.includes(id));
  const isFull = EXTRA_SLOTS.every((slot) => extra[slot].photo || extra[slot].opening !== null);
  const onPick = (event: ChangeEvent<HTMLInputElement>) => {
    const files = [...(event.target.files ?? [])];
    // The same file can then be chosen again.
    event.target.value = '';
    addPhotos(compare, files);
  };
  return (
    <div className="more-bar">
      {EXTRA_SLOTS.map((slot) => (
        <ExtraPhoto key={slot} slot={slot} />
      ))}
      <button type="button" className="button quiet" disabled={isFull} onClick={() => picker.current?.click()}>
        <PlusIcon /> Photo
      </button>
      <button
        type="button"
        className="button quiet"
        disabled={!unused || encoders.length >= MAX_COLUMNS}
        onClick={() => unused && compare.setEncoder(compare.chosen().length, unused.id)}
      >
        <PlusIcon /> Encoder
      </button>
      <input ref={picker} type="file" accept="image/*" multiple hidden data-picker="more" onChange={onPick} />
    </div>
  );
}

function ExtraPhoto({ slot }: { slot: ExtraSlot }) {
  const compare = useCompare();
  const { photo, opening } = useCompareState((state) => state.extra[slot]);
  if (!photo && opening === null) return null;
  const name = slot.toUpperCase();
  return (
    <section className="extra-photo" aria-label={`Photo ${name}`} aria-busy={opening !== null} data-extra={slot}>
      {opening !== null ? <span className="spinner" aria-hidden="true" /> : <img src={photo!.url} alt="" />}
      <span title={photo?.name}>
        <b>{name}</b> {opening ?? photo!.name}
        <small>{opening !== null ? 'Opening …' : dimensions(photo!.info.size)}</small>
      </span>
      <IconButton label={`Remove photo ${name}`} onClick={() => compare.extra.clear(slot)}>
        <CloseIcon />
      </IconButton>
    </section>
  );
}
