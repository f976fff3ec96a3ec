import { useRef, useState } from 'react';
import type { Side } from '../../../../core/geometry.ts';
import { maskShare } from '../../../../core/mask.ts';
import { percent } from '../../../../ui/format.ts';
import { IconButton } from '../../../../ui/icon-button.tsx';
import { CloseIcon } from '../../../../ui/icons.tsx';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';
import MaskDialog from './mask-dialog.tsx';
import './masks.css';

/** Each photo's mask, and the ways to one. */
export default function MasksPanel() {
  const [painted, setPainted] = useState<Side | null>(null);
  return (
    <>
      <p className="hint">
        Leave parts of a photo out: people who moved, the sky, everything but one thing. Certainty is 0 there, and no
        model runs for it.
      </p>
      <MaskRow side="a" onPaint={setPainted} />
      <MaskRow side="b" onPaint={setPainted} />
      <p className="hint">
        A file’s white (or what is not see-through) counts, at any size. Dropped with or after its photo, left.mask.png
        is the mask of left.jpg.
      </p>
      {painted && <MaskDialog key={painted} side={painted} onClose={() => setPainted(null)} />}
    </>
  );
}

function MaskRow({ side, onPaint }: { side: Side; onPaint: (side: Side) => void }) {
  const { masks } = useWorkspace();
  const named = useWorkspaceState((state) => state.masks[side]);
  const hasPhoto = useWorkspaceState((state) => state.photos[side].photo !== null);
  const picker = useRef<HTMLInputElement>(null);
  const name = side.toUpperCase();
  return (
    <div className="mask-row" data-mask={side} title={named?.name}>
      <b>{name}</b>
      <span className="mask-share">{named ? `${percent(1 - maskShare(named.mask))} left out` : 'all counts'}</span>
      <button
        type="button"
        className="button"
        disabled={!hasPhoto}
        aria-label={`Paint the mask of photo ${name}`}
        onClick={() => onPaint(side)}
      >
        Paint…
      </button>
      <button
        type="button"
        className="button"
        disabled={!hasPhoto}
        aria-label={`Choose a mask for photo ${name}`}
        onClick={() => picker.current?.click()}
      >
        File…
      </button>
      <IconButton
        label={`Remove the mask of photo ${name}`}
        disabled={!named}
        onClick={() => void masks.set(side, null)}
      >
        <CloseIcon />
      </IconButton>
      <input
        ref={picker}
        type="file"
        accept="image/*"
        hidden
        data-mask-picker={side}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) void masks.openFile(side, file);
          target.value = '';
        }}
      />
    </div>
  );
}
