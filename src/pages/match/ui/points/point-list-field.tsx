import { useId } from 'react';
import type { Side } from '../../../../core/geometry.ts';
import type { PointText } from '../../state/points.ts';
import { whole } from '../../../../ui/format.ts';
import { useDropZone } from '../../../../ui/use-drop-zone.ts';

/** A longer text makes the field slow and tells nobody anything. */
const MAX_SHOWN = 50_000;

interface PointListFieldProps {
  label: string;
  side: Side;
  list: PointText;
  /** Pins on this photo. */
  pins: number;
  onText: (text: string) => void;
  onFile: (file: File) => void;
  onPins: () => void;
}

/** A list of points of one photo: typed, pasted, dropped, chosen as a file, or taken from the pins. */
export function PointListField({ label, side, list, pins, onText, onFile, onPins }: PointListFieldProps) {
  const id = useId();
  const dropZone = useDropZone((transfer) => {
    const [file] = transfer.files;
    const text = transfer.getData('text/plain');
    if (file) onFile(file);
    else if (text) onText(text);
  });
  const isLong = list.text.length > MAX_SHOWN;
  return (
    <div className="point-list" data-list={side} {...dropZone}>
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        rows={5}
        spellCheck={false}
        readOnly={isLong}
        placeholder={'x,y\n120.5,80.5\n33,41'}
        value={isLong ? `${list.name || 'A list'} with ${whole(list.text.length)} characters` : list.text}
        onChange={(event) => onText(event.target.value)}
      />
      <div className="row">
        <label className="button">
          Choose a file
          <input
            type="file"
            className="visually-hidden"
            accept=".csv,.tsv,.txt,.json,text/csv,application/json"
            onChange={({ target }) => {
              if (target.files?.[0]) onFile(target.files[0]);
              target.value = '';
            }}
          />
        </label>
        <button
          type="button"
          className="button"
          disabled={pins === 0}
          title={`Pins on photo ${side.toUpperCase()}`}
          onClick={onPins}
        >
          {pins === 0 ? 'Take pins' : pins === 1 ? 'Take 1 pin' : `Take ${pins} pins`}
        </button>
        {list.text !== '' && (
          <button type="button" className="button quiet" onClick={() => onText('')}>
            Clear
          </button>
        )}
      </div>
    </div>
  );
}
