import { useState } from 'react';
import { fileSize } from './format.ts';

interface RemoveButtonProps {
  name: string;
  /** What removing it frees. */
  bytes: number;
  onRemove: () => void;
}

/** Removes something from the device once it has asked: getting it again may take a long download. */
export function RemoveButton({ name, bytes, onRemove }: RemoveButtonProps) {
  const [isAsking, setIsAsking] = useState(false);
  if (!isAsking) {
    return (
      <button type="button" className="button" aria-label={`Remove ${name}`} onClick={() => setIsAsking(true)}>
        Remove
      </button>
    );
  }
  return (
    <span className="row">
      <button type="button" className="button" onClick={() => setIsAsking(false)}>
        Keep
      </button>
      <button type="button" className="button danger" autoFocus onClick={onRemove}>
        Remove {fileSize(bytes)}
      </button>
    </span>
  );
}
