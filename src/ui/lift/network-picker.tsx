import { useRef } from 'react';
import type { ChangeEvent } from 'react';
import type { DroppedNetwork } from '../../shared/lift/api.ts';
import { FolderIcon } from '../common/icons.tsx';
import { useLift, useLiftState } from './lift-context.ts';

/** Opens an ONNX file for one purpose; it stays on this device and is gone with the page. */
export function NetworkPicker({ purpose, label }: { purpose: DroppedNetwork['purpose']; label: string }) {
  const lift = useLift();
  const name = useLiftState((state) => state.networks[purpose]);
  const isRunning = useLiftState((state) => state.photo !== null);
  const picker = useRef<HTMLInputElement>(null);
  const onPick = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    event.target.value = '';
    if (file) void lift.addNetwork({ purpose, file, name: file.name });
  };
  return (
    <>
      <button type="button" className="button" disabled={!isRunning} onClick={() => picker.current?.click()}>
        <FolderIcon />
        {label}
      </button>
      {name && <p className="hint">Open: {name}</p>}
      <input ref={picker} type="file" accept=".onnx" hidden data-picker={purpose} onChange={onPick} />
    </>
  );
}
