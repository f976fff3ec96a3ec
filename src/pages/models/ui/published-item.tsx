import type { FormEvent } from 'react';
import type { Library } from '../../../workspace/library/library.ts';
import type { PublishedCheckpoint } from '../../../networks/catalog.ts';
import { aboutDiskBytes, entryOfModel, termsOf } from '../../../networks/catalog.ts';
import type { MeasuredSpeed, MeasuredSpeeds } from '../../../workspace/speeds.ts';
import { useWorkspaceState } from '../../../workspace/ui/workspace-context.ts';
import { MeasuredSpeedText } from './measured-speed.tsx';
import { recipeOfEntry } from '../state/recipes.ts';
import { fileSize } from '../../../ui/format.ts';
import { ConversionFields } from './conversion-fields.tsx';
import { defaultSizeOf } from '../state/recipes.ts';
import { useConversion } from './use-conversion.ts';

/** One published checkpoint: what it is, what it costs, and how to get it. */
export function PublishedItem({ library, entry }: { library: Library; entry: PublishedCheckpoint }) {
  const [chosen, change] = useConversion();
  const closed = entry.files.filter(({ allowsPages }) => !allowsPages);
  const speed = useWorkspaceState(({ speeds }) => speedOf(entry, speeds));
  const download = entry.files.reduce((sum, { aboutBytes }) => sum + aboutBytes, 0);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void library.install(
      recipeOfEntry(entry, { ...chosen, size: chosen.size ?? (entry.choices?.size ? null : entry.defaultSize) }),
    );
  };
  return (
    <li className="model" data-published={entry.id}>
      <details>
        <summary>
          <b>{entry.name}</b> <span className="muted">about {fileSize(download)}</span>
          <span className="line">{entry.purpose}</span>
          <span className="line muted published-facts">
            <span>{closed.length === 0 ? 'One click' : 'By file'}</span>
            <span>{licenceOf(entry)}</span>
            {entry.notCommercial && <span className="forbids">not commercial</span>}
            {speed && <MeasuredSpeedText speed={speed} />}
          </span>
        </summary>
        <form className="stack details-body" onSubmit={onSubmit}>
          <dl className="facts">
            <dt>Paper</dt>
            <dd>
              <a href={entry.paper.url} target="_blank" rel="noreferrer">
                {entry.paper.title}
              </a>
            </dd>
            <dt>Licence</dt>
            <dd>
              {licenceOf(entry)}
              <span className="line">{termsOf(entry)}</span>
            </dd>
            {entry.gated && (
              <>
                <dt>Authors' own file</dt>
                <dd>
                  <a href={entry.gated} target="_blank" rel="noreferrer">
                    {entry.gated.replace('https://', '')}
                  </a>{' '}
                  asks for an account and may refuse; the file below is the same and does not.
                </dd>
              </>
            )}
            <dt>Project</dt>
            <dd>
              <a href={entry.source} target="_blank" rel="noreferrer">
                {entry.source.replace('https://', '')}
              </a>
            </dd>
            <dt>Files</dt>
            <dd>
              {entry.files.map(({ name, url, aboutBytes }) => (
                <span key={name} className="line">
                  <a href={url} rel="noreferrer">
                    {name}
                  </a>{' '}
                  about {fileSize(aboutBytes)}
                </span>
              ))}
            </dd>
            <dt>On disk</dt>
            <dd>about {fileSize(aboutDiskBytes(entry, chosen.precision))}</dd>
          </dl>
          {closed.length === 0 ? (
            <>
              <ConversionFields
                chosen={chosen}
                onChange={change}
                family={entry.family}
                defaultSize={defaultSizeOf(entry)}
              />
              <div className="dialog-actions">
                <button type="submit" className="button primary">
                  Download and convert
                </button>
              </div>
            </>
          ) : (
            <p className="hint">
              {new URL(closed[0].url).host} lets no page read {closed.map(({ name }) => name).join(', ')}: download{' '}
              {entry.files.length === 1 ? 'the file' : 'the files'} with the{' '}
              {entry.files.length === 1 ? 'link' : 'links'} above and drop{' '}
              {entry.files.length === 1 ? 'it' : 'them together'} anywhere on this page.
            </p>
          )}
        </form>
      </details>
    </li>
  );
}

const licenceOf = ({ licence }: PublishedCheckpoint) =>
  licence === 'NOASSERTION' ? 'licence not stated' : licence.replaceAll('LicenseRef-', '');

/** What the newest model that was made of the checkpoint took here; of one object, so that nothing is drawn anew. */
function speedOf(entry: PublishedCheckpoint, speeds: MeasuredSpeeds): MeasuredSpeed | null {
  const id = Object.keys(speeds).findLast((model) => entryOfModel(model)?.id === entry.id);
  return id === undefined ? null : speeds[id];
}
