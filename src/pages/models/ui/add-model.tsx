import { useState } from 'react';
import type { FormEvent } from 'react';
import type { PlainError } from '../../../core/errors.ts';
import { toPlainError } from '../../../core/errors.ts';
import type { Library } from '../../../workspace/library/library.ts';
import { recipeOfAddresses } from '../state/recipes.ts';
import { ConversionFields } from './conversion-fields.tsx';
import { useConversion } from './use-conversion.ts';

/** Models from elsewhere: files of this device, or addresses. */
export function AddModel({ library }: { library: Library }) {
  const [addresses, setAddresses] = useState('');
  const [error, setError] = useState<PlainError | null>(null);
  const [chosen, change] = useConversion();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    try {
      void library.install(recipeOfAddresses(addresses, chosen));
      setAddresses('');
      setError(null);
    } catch (thrown) {
      setError(toPlainError(thrown));
    }
  };
  return (
    <section className="stack-tight" aria-label="Other models">
      <h3>Another model</h3>
      <p className="hint">
        PyTorch or safetensors checkpoints of these families, or ONNX files with their manifest.json. They can also be
        dropped anywhere on the page.
      </p>
      <label className="button file-button">
        Choose files
        <input
          type="file"
          multiple
          data-picker="model"
          className="visually-hidden"
          onChange={({ target }) => {
            if (target.files?.length) library.offer([...target.files]);
            // The same file can be chosen again.
            target.value = '';
          }}
        />
      </label>
      <details>
        <summary>From an address</summary>
        <form className="stack details-body" aria-label="Model from an address" onSubmit={onSubmit}>
          <label className="stack-tight">
            Addresses, one a line
            <textarea
              required
              rows={2}
              spellCheck={false}
              placeholder="https://"
              value={addresses}
              onChange={({ target }) => setAddresses(target.value)}
            />
          </label>
          {error && (
            <p className="job-error" role="alert" data-code={error.code}>
              {error.message} <span className="notice-remedy">{error.remedy}</span>
            </p>
          )}
          <p className="hint">
            A matcher needs two: its own file and its ViT's. The host must let other pages read them (CORS).
          </p>
          <ConversionFields chosen={chosen} onChange={change} family={null} defaultSize={null} />
          <div className="dialog-actions">
            <button type="submit" className="button primary">
              Download and convert
            </button>
          </div>
        </form>
      </details>
    </section>
  );
}
