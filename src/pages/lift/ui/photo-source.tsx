import { useMemo, useRef, useState } from 'react';
import type { ChangeEvent } from 'react';
import { dimensions } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { CameraIcon, FolderIcon, LinkIcon } from '../../../ui/icons.tsx';
import { AddressDialog } from '../../../workspace/ui/address-dialog.tsx';
import { CameraDialog } from '../../../workspace/ui/camera-dialog.tsx';
import { useWorkspace, useWorkspaceState } from '../../../workspace/ui/workspace-context.ts';
import { useLift, useLiftState } from './lift-context.ts';

/** The photo that is lifted: photo A of the Match page, so that what is chosen here is chosen there. */
export function PhotoSource() {
  const workspace = useWorkspace();
  const lift = useLift();
  const photo = useLiftState((state) => state.photo);
  const samples = useWorkspaceState((state) => state.samples);
  const title = useMemo(() => lift.photoTitle(), [lift, photo, samples]);
  const facts = useLiftState((state) => state.facts);
  const opening = useWorkspaceState((state) => state.photos.a.opening);
  const [dialog, setDialog] = useState<'camera' | 'address' | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const pick = () => picker.current?.click();
  const onPick = (event: ChangeEvent<HTMLInputElement>) => {
    const files = [...(event.target.files ?? [])];
    event.target.value = '';
    void workspace.photos.take({ files, folders: [], text: '' }, 'a');
  };
  return (
    <section className="slot" data-slot="a" aria-label="Photo that is lifted" aria-busy={opening !== null}>
      <button type="button" className="slot-picture" onClick={pick} aria-label="Choose the photo">
        {photo && <img src={photo.url} alt="" />}
        {!photo && opening === null && <span className="slot-letter">A</span>}
        {opening !== null && <span className="spinner" aria-hidden="true" />}
      </button>
      <div className="slot-text">
        <p className="slot-name" title={photo?.name}>
          <b>Photo</b> {opening ?? title ?? 'none yet'}
        </p>
        <p className="slot-info">
          {opening !== null
            ? 'Opening …'
            : facts && photo
              ? `Lifted at ${dimensions(facts.size)}`
              : 'Drop, paste or choose'}
        </p>
      </div>
      <div className="slot-actions">
        <IconButton label="Choose a file for the photo" onClick={pick}>
          <FolderIcon />
        </IconButton>
        <IconButton label="Take the photo with the camera" onClick={() => setDialog('camera')}>
          <CameraIcon />
        </IconButton>
        <IconButton label="Open the photo from an address" onClick={() => setDialog('address')}>
          <LinkIcon />
        </IconButton>
      </div>
      <input
        ref={picker}
        type="file"
        accept="image/*,.npy,.pfm"
        multiple
        hidden
        data-picker="photo"
        onChange={onPick}
      />
      {dialog === 'camera' && <CameraDialog side="a" onClose={() => setDialog(null)} />}
      {dialog === 'address' && <AddressDialog side="a" onClose={() => setDialog(null)} />}
    </section>
  );
}
