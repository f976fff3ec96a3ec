import { useRef } from 'react';
import type { ChangeEvent } from 'react';
import { depthNetworks } from '../state/depth/depth-choice.ts';
import { takeDepth } from '../state/intake.ts';
import { dimensions } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { FolderIcon } from '../../../ui/icons.tsx';
import { useWorkspaceState } from '../../../workspace/ui/workspace-context.ts';
import { useLift, useLiftState } from './lift-context.ts';
import { STAGE_TEXTS } from './texts.ts';

/** Where the photo's depth comes from, beside the photo; a map that is dropped here is taken as depth by any name. */
export function DepthSourceSlot() {
  const lift = useLift();
  const depth = useLiftState((state) => state.depth);
  const opening = useLiftState((state) => state.opening);
  const hasPhoto = useLiftState((state) => state.photo !== null);
  const picker = useRef<HTMLInputElement>(null);
  const onPick = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    event.target.value = '';
    if (file) void takeDepth(lift, file).catch((thrown: unknown) => lift.report(thrown));
  };
  const info = opening
    ? `${STAGE_TEXTS[opening.stage]} …`
    : depth
      ? `${dimensions(depth.size)}${depth.notes.length > 0 ? ` · ${depth.notes.join(' ')}` : ''}`
      : 'Drop a PNG, .npy or .pfm map';
  return (
    <section className="slot" data-slot="b" aria-label="Depth of the photo" aria-busy={opening !== null}>
      <div className="slot-text">
        <p className="slot-name">
          <b>Depth</b>{' '}
          {depth?.kind === 'sample' ? 'exact, of the sample' : (depth?.name ?? (opening ? '' : 'none yet'))}
        </p>
        <p className="slot-info" title={info} data-depth={depth?.kind}>
          {info}
        </p>
      </div>
      <DepthSelect />
      <div className="slot-actions">
        <IconButton label="Choose a depth map" disabled={!hasPhoto} onClick={() => picker.current?.click()}>
          <FolderIcon />
        </IconButton>
      </div>
      <input ref={picker} type="file" accept=".png,.npy,.pfm" hidden data-picker="depth" onChange={onPick} />
    </section>
  );
}

/** Which of the sources there are. */
function DepthSelect() {
  const lift = useLift();
  const choice = useLiftState((state) => state.depthChoice);
  const networks = depthNetworks(useWorkspaceState((state) => state.library.installed));
  const value = choice.kind === 'network' ? `network:${choice.id}` : choice.kind;
  const onChange = (next: string) => {
    if (next === 'auto' || next === 'estimate') lift.chooseDepth({ kind: next });
    else if (next.startsWith('network:')) lift.chooseDepth({ kind: 'network', id: next.slice('network:'.length) });
  };
  return (
    <select
      className="depth-select"
      aria-label="Source of the depth"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="auto">Best there is</option>
      <option value="estimate">Estimate</option>
      {networks.map(({ id, name }) => (
        <option key={id} value={`network:${id}`}>
          {name}
        </option>
      ))}
      {choice.kind === 'network' && !networks.some(({ id }) => id === choice.id) && (
        <option value={value}>{choice.id} (not installed)</option>
      )}
      {choice.kind === 'file' && <option value="file">{choice.name}</option>}
    </select>
  );
}
