import { type ChangeEvent, useRef, useState } from 'react';
import { fileSize, whole } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { FolderIcon, LinkIcon } from '../../../ui/icons.tsx';
import { AddressForm } from '../../../workspace/ui/address-dialog.tsx';
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
      {isAsking && (
        <AddressForm
          title="Scene from an address"
          label="Address of the file"
          hint="The host must let other pages read its files (CORS)."
          onOpen={(address) => void scene.openAddress(address)}
          onClose={() => setIsAsking(false)}
        />
      )}
    </section>
  );
}
