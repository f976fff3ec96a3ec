import { useRef } from 'react';
import type { ChangeEvent } from 'react';
import type { NetworkPurpose } from '../../../../models/library-contract.ts';
import type { PresentNetwork } from '../../state/depth/networks.ts';
import { fileSize } from '../../../../ui/format.ts';
import { FolderIcon } from '../../../../ui/icons.tsx';
import { RemoveButton } from '../../../../ui/remove-button.tsx';
import { useLift, useLiftState } from '../lift-context.ts';
import { usePresentNetwork } from '../use-present-network.ts';

/** Installs an ONNX file for one purpose, and removes it. It stays on this device. */
export function NetworkPicker({ purpose, label }: { purpose: NetworkPurpose; label: string }) {
  const lift = useLift();
  const network = usePresentNetwork(purpose);
  const isRunning = useLiftState((state) => state.photo !== null);
  const opening = useLiftState((state) => state.openingNetwork);
  const picker = useRef<HTMLInputElement>(null);
  const onPick = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    event.target.value = '';
    if (file) void lift.networks.add({ purpose, file, name: file.name });
  };
  return (
    <>
      {network && (
        <div className="stack-tight" data-network={purpose}>
          <div className="model-head">
            <b className="network-name">{network.name}</b>
            <RemoveButton
              key={network.name}
              name={network.name}
              bytes={network.bytes}
              onRemove={() => void lift.networks.remove(purpose)}
            />
          </div>
          <p className="hint">{stateOf(network)}</p>
        </div>
      )}
      <button
        type="button"
        className="button"
        disabled={!isRunning || opening !== null}
        aria-busy={opening === purpose}
        onClick={() => picker.current?.click()}
      >
        {opening === purpose ? <span className="spinner" aria-hidden="true" /> : <FolderIcon />}
        {opening === purpose ? 'Opening …' : network ? 'Open another one (.onnx)' : label}
      </button>
      <input ref={picker} type="file" accept=".onnx" hidden data-picker={purpose} onChange={onPick} />
    </>
  );
}

function stateOf({ notKept, isDamaged, bytes }: PresentNetwork): string {
  if (isDamaged) return 'The kept file is not whole and cannot be used. Remove it, or open the file again.';
  if (notKept) return `For this visit only. ${notKept.message}`;
  return `Kept on this device, ${fileSize(bytes)}.`;
}
