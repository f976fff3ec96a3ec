import { type ChangeEvent, type FormEvent, useRef, useState } from 'react';
import { Dialog } from '../../../ui/dialog.tsx';
import { fileSize, whole } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { FolderIcon, LinkIcon } from '../../../ui/icons.tsx';
import { takeSceneOffer } from '../state/intake.ts';
import { useScene, useSceneState } from './scene-context.ts';

/** Endings of the formats that are read, for the picker; a file is judged by its bytes. */
const ACCEPTED = '.ply,.spz,.splat,.sog,.ksplat,.json,.txt';

/** The scene that is open, and the ways to open another one. */
export function SceneSourceSlot() {
  const scene = useScene();
  const facts = useSceneState((state) => state.facts);
  const opening = useSceneState((state) => state.opening);
  const [isAsking, setIsAsking] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const pick = () => picker.current?.click();
  const onPick = (event: ChangeEvent<HTMLInputElement>) => {
    const files = [...(event.target.files ?? [])];
    event.target.value = '';
    takeSceneOffer(scene, { files, folders: [], text: '' });
  };
  const size = facts && facts.bytes !== null ? ` · ${fileSize(facts.bytes)}` : '';
  const info = facts ? `${whole(facts.count)} Gaussians · ${facts.format}${size}` : 'Drop, paste an address or choose';
  return (
    <section className="slot" aria-label="Scene" aria-busy={opening !== null}>
      <div className="slot-text">
        <p className="slot-name" title={facts?.name}>
          <b>Scene</b> {opening?.name ?? facts?.name ?? 'none yet'}
        </p>
        <p className="slot-info">{opening ? 'Opening …' : info}</p>
      </div>
      <div className="slot-actions">
        <IconButton label="Choose a scene file" onClick={pick}>
          <FolderIcon />
        </IconButton>
        <IconButton label="Open a scene from an address" onClick={() => setIsAsking(true)}>
          <LinkIcon />
        </IconButton>
      </div>
      <input ref={picker} type="file" accept={ACCEPTED} multiple hidden data-picker="scene" onChange={onPick} />
      {isAsking && <AddressDialog onClose={() => setIsAsking(false)} />}
    </section>
  );
}

function AddressDialog({ onClose }: { onClose: () => void }) {
  const scene = useScene();
  const [address, setAddress] = useState('');
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    onClose();
    void scene.openAddress(address);
  };
  return (
    <Dialog title="Scene from an address" onClose={onClose}>
      <form className="stack" onSubmit={onSubmit}>
        <label className="stack-tight">
          Address of the file
          <input
            type="url"
            required
            autoFocus
            placeholder="https://"
            value={address}
            onChange={(event) => setAddress(event.target.value)}
          />
        </label>
        <p className="hint">The host must let other pages read its files (CORS).</p>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary">
            Open
          </button>
        </div>
      </form>
    </Dialog>
  );
}
