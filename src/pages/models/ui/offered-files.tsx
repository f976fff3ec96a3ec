import type { FormEvent } from 'react';
import type { Library } from '../../../workspace/library/library.ts';
import { entryOfFiles } from '../../../networks/catalog.ts';
import type { NetworkFamily } from '../../../networks/family.ts';
import { FAMILIES } from '../../../networks/index.ts';
import { recipeOfFiles } from '../state/recipes.ts';
import { fileSize } from '../../../ui/format.ts';
import { ConversionFields } from './conversion-fields.tsx';
import { defaultSizeOf } from '../state/recipes.ts';
import { useConversion } from './use-conversion.ts';

/** What families of several files say while only one is there. */
const NEEDS_BESIDE = FAMILIES.flatMap((family: NetworkFamily) => family.needsBeside ?? []);

/** Dropped checkpoints, and how they are to be converted. */
export function OfferedFiles({ library, files }: { library: Library; files: File[] }) {
  const [chosen, change] = useConversion();
  const names = files.map(({ name }) => name);
  const entry = entryOfFiles(names);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void library.convert(recipeOfFiles(names, chosen), files);
  };
  return (
    <form className="model stack offered" aria-label="Convert dropped files" onSubmit={onSubmit}>
      <div className="stack-tight">
        <h3>{entry ? entry.name : 'Convert'}</h3>
        <ul className="file-names">
          {files.map(({ name, size }) => (
            <li key={name}>
              {name} <span className="muted">{fileSize(size)}</span>
            </li>
          ))}
        </ul>
        {!entry &&
          files.length === 1 &&
          NEEDS_BESIDE.map((text) => (
            <p key={text} className="hint">
              {text}
            </p>
          ))}
      </div>
      <ConversionFields
        chosen={chosen}
        onChange={change}
        family={entry?.family ?? null}
        defaultSize={entry && defaultSizeOf(entry)}
      />
      <div className="dialog-actions">
        <button type="button" className="button" onClick={() => library.withdraw()}>
          Not now
        </button>
        <button type="submit" className="button primary">
          Convert
        </button>
      </div>
    </form>
  );
}
