import type { Pin } from '../../state/types.ts';
import { pinsAsText } from '../../state/pins-text.ts';
import { copyText } from '../../../../ui/copy-text.ts';
import { percent, pixel } from '../../../../ui/format.ts';
import { IconButton } from '../../../../ui/icon-button.tsx';
import { CloseIcon, CopyIcon } from '../../../../ui/icons.tsx';
import { Section } from '../../../../ui/section.tsx';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';
import { pinColor } from './pin-color.ts';

/** The pinned places with their matches. */
export function PinList() {
  const workspace = useWorkspace();
  const pins = useWorkspaceState((state) => state.pins);
  if (pins.length === 0) return null;
  const copy = () =>
    copyText(pinsAsText(workspace.store.getState()), 'The pins were copied as text.', workspace.notices);
  return (
    <Section title="Pins" summary={pins.length} open>
      <ol className="pins" aria-label="Pins">
        {pins.map((pin, i) => (
          <PinRow key={pin.id} pin={pin} number={i + 1} onRemove={() => workspace.probing.unpin(pin.id)} />
        ))}
      </ol>
      <div className="row">
        <button type="button" className="button" onClick={() => void copy()}>
          <CopyIcon />
          Copy as text
        </button>
        <button type="button" className="button" onClick={() => workspace.probing.clearPins()}>
          Clear
        </button>
      </div>
    </Section>
  );
}

function PinRow({ pin, number, onRemove }: { pin: Pin; number: number; onRemove: () => void }) {
  const { side, result } = pin;
  return (
    <li className="pin">
      <span className="pin-number" style={{ '--pin': pinColor(pin.id) }}>
        {number}
      </span>
      <span className="pin-text">
        {side.toUpperCase()} {pixel(pin)}
        {result && ` → ${result.to.side.toUpperCase()} ${pixel(result.to)}`}
        <small>
          {result ? `certainty ${percent(result.certainty)}, cycle ${result.cycleError.toFixed(1)} px` : 'not matched'}
        </small>
      </span>
      <IconButton label={`Delete pin ${number}`} onClick={onRemove}>
        <CloseIcon />
      </IconButton>
    </li>
  );
}
