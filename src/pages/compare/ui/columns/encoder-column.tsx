import type { BySlot } from '../../contract.ts';
import { filledSlots } from '../../contract.ts';
import { EMPTY_COLUMN } from '../../state/types.ts';
import { dimensions, milliseconds, percent } from '../../../../ui/format.ts';
import { IconButton } from '../../../../ui/icon-button.tsx';
import { CloseIcon } from '../../../../ui/icons.tsx';
import { ColumnCanvas } from './column-canvas.tsx';
import { useCompare, useCompareState } from '../compare-context.ts';
import type { Column, ColumnResult } from '../../state/types.ts';
import type { PhotoImage } from './use-photo-images.ts';

interface EncoderColumnProps {
  column: number;
  id: string;
  photos: BySlot<PhotoImage>;
}

/** One encoder: which one, what it says of the photos, and a line of figures. */
export function EncoderColumn({ column, id, photos }: EncoderColumnProps) {
  const compare = useCompare();
  const available = useCompareState((state) => state.available) ?? [];
  const chosen = useCompareState((state) => state.settings.encoders) ?? [];
  const state = useCompareState(({ columns }) => columns[id]) ?? EMPTY_COLUMN;
  const page = useCompareState(({ settings }) => settings.page);
  const encoder = available.find((one) => one.id === id);
  const result = state.result?.page === page ? state.result : null;
  return (
    <figure className="compare-column" data-encoder={id} data-shows={result?.page} aria-busy={state.progress !== null}>
      <figcaption>
        <select
          aria-label={`Encoder ${column + 1}`}
          value={id}
          onChange={(event) => compare.setEncoder(column, event.target.value)}
        >
          {available
            .filter((one) => one.id === id || !chosen.includes(one.id))
            .map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
        </select>
        <IconButton
          label={`Take ${encoder?.name ?? 'this encoder'} away`}
          disabled={chosen.length === 1}
          onClick={() => compare.setEncoder(column, null)}
        >
          <CloseIcon />
        </IconButton>
      </figcaption>
      <ColumnCanvas photos={photos} result={result} label={`${encoder?.name ?? id}: maps of the photos`} />
      <ColumnFoot id={id} column={state} isCurrent={result !== null} detail={encoder?.detail ?? ''} />
    </figure>
  );
}

function ColumnFoot({
  id,
  column: { error, progress, result },
  isCurrent,
  detail,
}: {
  id: string;
  column: Column;
  isCurrent: boolean;
  detail: string;
}) {
  const { jobs } = useCompare();
  if (error) {
    return (
      <p className="compare-foot compare-error" role="alert">
        {error.message} {error.remedy}{' '}
        <button type="button" className="link-button" onClick={() => jobs.retry(id)}>
          Try again
        </button>
      </p>
    );
  }
  if (progress) {
    const what = { 'load-model': 'Loading the model', encode: 'Encoding', compute: 'Computing' }[progress.stage];
    return (
      <p className="compare-foot">
        <span className="spinner" aria-hidden="true" /> {what}
        {progress.fraction ? ` ${percent(progress.fraction)}` : ''} …{' '}
        <button type="button" className="link-button" onClick={() => jobs.stopColumn(id)}>
          Stop
        </button>
      </p>
    );
  }
  if (!result || !isCurrent) return <p className="compare-foot">{detail}</p>;
  const { grids, channels, milliseconds: time, isRecorded } = result.facts;
  const grid = grids[filledSlots(grids)[0]];
  return (
    <p className="compare-foot">
      <b>{told(result)}</b>
      <br />
      {grid &&
        `${dimensions(grid)} places, ${channels} channels, ${isRecorded ? 'came with the sample' : milliseconds(time)}`}
    </p>
  );
}

/** The figure that belongs to the view. */
function told(result: NonNullable<Column['result']>): string {
  switch (result.page) {
    case 'components':
      return `${explained(result.explained)} of the variance`;
    case 'clusters':
      return `${result.sizes.filter((size) => size > 0).length} clusters, mean cosine ${result.meanCosine.toFixed(3)}`;
    case 'similarity':
      return result.best.length > 0 ? `Best cosine ${bestCosines(result.best)}` : 'No other place';
    case 'neighbours':
      return `${result.count} of ${result.mutual} mutual neighbours`;
  }
}

/** The shares of the three components: of the joint fit, or of each photo's. */
function explained(fits: number[][]): string {
  return fits.map((shares) => shares.map(percent).join(' + ')).join('; ');
}

/** Of the best place in every photo that was searched. */
function bestCosines(best: Extract<ColumnResult, { page: 'similarity' }>['best']): string {
  const firsts = best.filter(({ rank }) => rank === 0);
  const name = (slot: string) => (firsts.length > 1 ? `${slot.toUpperCase()} ` : '');
  return firsts.map(({ slot, cosine }) => `${name(slot)}${cosine.toFixed(3)}`).join(', ');
}
