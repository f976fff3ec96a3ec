import { useState } from 'react';
import type { FormEvent } from 'react';
import type { Side } from '../../core/geometry.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { useWorkspace } from './workspace-context.ts';

export function AddressDialog({ side, onClose }: { side: Side; onClose: () => void }) {
  const workspace = useWorkspace();
  const [address, setAddress] = useState('');
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    onClose();
    void workspace.photos.openAddress(side, address);
  };
  return (
    <Dialog title={`Photo ${side.toUpperCase()} from an address`} onClose={onClose}>
      <form className="stack" onSubmit={onSubmit}>
        <label className="stack-tight">
          Address of the picture
          <input
            type="url"
            required
            autoFocus
            placeholder="https://"
            value={address}
            onChange={(event) => setAddress(event.target.value)}
          />
        </label>
        <p className="hint">The host must let other pages read its files (CORS); many photo sites do not.</p>
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
