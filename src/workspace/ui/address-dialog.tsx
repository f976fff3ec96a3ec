import { type FormEvent, useState } from 'react';
import type { Side } from '../../core/geometry.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { useWorkspace } from './workspace-context.ts';

export function AddressDialog({ side, onClose }: { side: Side; onClose: () => void }) {
  const workspace = useWorkspace();
  return (
    <AddressForm
      title={`Photo ${side.toUpperCase()} from an address`}
      label="Address of the picture"
      hint="The host must let other pages read its files (CORS); many photo sites do not."
      onOpen={(address) => void workspace.photos.openAddress(side, address)}
      onClose={onClose}
    />
  );
}

interface AddressFormProps {
  title: string;
  /** What lies at the address. */
  label: string;
  hint: string;
  onOpen: (address: string) => void;
  onClose: () => void;
}

/** Asks for the address of a file; closes before it is opened. */
export function AddressForm({ title, label, hint, onOpen, onClose }: AddressFormProps) {
  const [address, setAddress] = useState('');
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    onClose();
    onOpen(address);
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="stack" onSubmit={onSubmit}>
        <label className="stack-tight">
          {label}
          <input
            type="url"
            required
            autoFocus
            placeholder="https://"
            value={address}
            onChange={(event) => setAddress(event.target.value)}
          />
        </label>
        <p className="hint">{hint}</p>
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
