import { useRef, useState } from 'react';
import type { ChangeEvent } from 'react';
import type { Side } from '../../core/geometry.ts';
import { dimensions } from '../../ui/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { CameraIcon, CloseIcon, FolderIcon, LinkIcon } from '../../ui/icons.tsx';
import { useWorkspace, useWorkspaceState } from './workspace-context.ts';
import { photoTitle } from '../photos/photo-title.ts';
import { AddressDialog } from './address-dialog.tsx';
import { CameraDialog } from './camera-dialog.tsx';

/** One photo: a small picture, what it is, and the ways to put another in its place. */
export function PhotoSlot({ side }: { side: Side }) {
  const workspace = useWorkspace();
  const { photo, opening } = useWorkspaceState((state) => state.photos[side]);
  const [dialog, setDialog] = useState<'camera' | 'address' | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const name = side.toUpperCase();
  const title = useWorkspaceState((state) => photoTitle(state, side));

  const onPick = (event: ChangeEvent<HTMLInputElement>) => {
    const files = [...(event.target.files ?? [])];
    // The same file can then be chosen again.
    event.target.value = '';
    void workspace.photos.take({ files, folders: [], text: '' }, side);
  };
  const pick = () => picker.current?.click();

  return (
    <section className="slot" data-slot={side} aria-label={`Photo ${name}`} aria-busy={opening !== null}>
      <button type="button" className="slot-picture" onClick={pick} aria-label={`Choose photo ${name}`}>
        {photo && <img src={photo.url} alt="" />}
        {!photo && opening === null && <span className="slot-letter">{name}</span>}
        {opening !== null && <span className="spinner" aria-hidden="true" />}
      </button>
      <div className="slot-text">
        <p className="slot-name" title={photo?.name}>
          <b>{name}</b> {opening ?? title ?? 'No photo yet'}
        </p>
        <p className="slot-info">
          {opening !== null ? 'Opening …' : photo ? dimensions(photo.info.size) : 'Drop, paste or choose'}
          {photo?.info.notes.map((note) => (
            <span key={note} className="slot-note">
              {note}
            </span>
          ))}
        </p>
      </div>
      <div className="slot-actions">
        <IconButton label={`Choose a file for photo ${name}`} onClick={pick}>
          <FolderIcon />
        </IconButton>
        <IconButton label={`Take photo ${name} with the camera`} onClick={() => setDialog('camera')}>
          <CameraIcon />
        </IconButton>
        <IconButton label={`Open photo ${name} from an address`} onClick={() => setDialog('address')}>
          <LinkIcon />
        </IconButton>
        <IconButton label={`Remove photo ${name}`} disabled={!photo} onClick={() => void workspace.photos.clear(side)}>
          <CloseIcon />
        </IconButton>
      </div>
      <input ref={picker} type="file" accept="image/*" multiple hidden data-picker={side} onChange={onPick} />
      {dialog === 'camera' && <CameraDialog side={side} onClose={() => setDialog(null)} />}
      {dialog === 'address' && <AddressDialog side={side} onClose={() => setDialog(null)} />}
    </section>
  );
}
