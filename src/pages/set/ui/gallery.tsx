import { type ChangeEvent, useRef } from 'react';
import { IconButton } from '../../../ui/icon-button.tsx';
import { ChevronIcon, CloseIcon, FolderIcon, PlusIcon } from '../../../ui/icons.tsx';
import type { ShownPhoto } from '../state/types.ts';
import { useSet, useSetState } from './set-context.ts';

/** Photos of the set in their order, and the ways to add some. */
export function Gallery() {
  const set = useSet();
  const photos = useSetState((state) => state.photos);
  const adding = useSetState((state) => state.adding);
  const info = useSetState((state) => state.info);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const onPick = (event: ChangeEvent<HTMLInputElement>) => {
    const given = [...(event.target.files ?? [])];
    event.target.value = '';
    void set.take({ files: given, folders: [], text: '' });
  };
  const buttons = (
    <>
      <button type="button" className="button" onClick={() => files.current?.click()}>
        <PlusIcon /> Add photos
      </button>
      <button type="button" className="button" onClick={() => folder.current?.click()}>
        <FolderIcon /> Add a folder
      </button>
    </>
  );
  const keeping = info && !info.keeps ? 'They are forgotten with this page: the browser keeps nothing here.' : '';
  return (
    <section className="set-gallery" aria-label="Photos of the set" aria-busy={adding !== null}>
      <header className="set-bar">
        <p className="set-count">
          {photos.length === 0 ? 'No photos yet' : `${photos.length} ${photos.length === 1 ? 'photo' : 'photos'}`}
          {adding && ` · opening ${adding.done + 1} of ${adding.total} …`}
        </p>
        <div className="set-bar-actions">
          {photos.length > 0 && buttons}
          {photos.length > 1 && (
            <button type="button" className="button" onClick={() => void set.sortByName()}>
              Sort by name
            </button>
          )}
          {photos.length > 0 && (
            <button type="button" className="button" onClick={() => void set.remove(photos.map(({ id }) => id))}>
              Remove all
            </button>
          )}
        </div>
      </header>
      {photos.length === 0 ? (
        <div className="set-empty">
          <p>
            Drop all photos of one scene here: two or dozens. They are matched with each other and put together for
            COLMAP or hloc.
          </p>
          <div className="set-bar-actions">{buttons}</div>
          <p className="hint">
            Nothing is uploaded. The photos and what was matched stay in this browser until you remove them. {keeping}
          </p>
        </div>
      ) : (
        <ol className="set-photos">
          {photos.map((photo, i) => (
            <GalleryPhoto key={photo.id} photo={photo} index={i} count={photos.length} />
          ))}
        </ol>
      )}
      {photos.length > 0 && keeping && <p className="hint">{keeping}</p>}
      <Refused />
      <input ref={files} type="file" accept="image/*" multiple hidden data-picker="set" onChange={onPick} />
      <input
        ref={(element) => {
          folder.current = element;
          // React knows no such attribute.
          element?.setAttribute('webkitdirectory', '');
        }}
        type="file"
        multiple
        hidden
        data-picker="set-folder"
        onChange={onPick}
      />
    </section>
  );
}

function GalleryPhoto({ photo, index, count }: { photo: ShownPhoto; index: number; count: number }) {
  const set = useSet();
  const isLooked = useSetState((state) => state.looked === photo.id);
  const isChosen = useSetState(({ chosen }) => chosen?.a === photo.id || chosen?.b === photo.id);
  const keypoints = useSetState((state) => state.facts?.keypoints[photo.id]);
  const beside = useSetState((state) => state.beside?.photos[photo.id]);
  const twin = useSetState(({ photos }) => photos.findIndex(({ sha256 }) => sha256 === photo.sha256));
  const remarks = [
    keypoints !== undefined && (keypoints ? `${keypoints.toLocaleString('en')} keypoints` : 'in no track'),
    twin < index && `same file as ${twin + 1}`,
  ].filter(Boolean);
  const known = [beside?.camera && `camera ${beside.camera.split(',', 1)[0]}`, beside?.isMasked && 'masked'].filter(
    Boolean,
  );
  return (
    <li className="set-photo" data-chosen={isChosen}>
      <button
        type="button"
        className="set-thumb"
        aria-pressed={isLooked}
        title={`${photo.name}, ${photo.size.width} × ${photo.size.height}: look at its keypoints`}
        onClick={() => set.look(isLooked ? null : photo.id)}
      >
        <img src={photo.url} alt={photo.name} loading="lazy" />
        <span className="set-number">{index + 1}</span>
      </button>
      <p className="set-name" title={photo.name}>
        {photo.name}
      </p>
      {[remarks, known].map(
        (words, i) =>
          words.length > 0 && (
            <p key={i} className="set-remark" title={words.join(' · ')}>
              {words.join(' · ')}
            </p>
          ),
      )}
      <div className="set-photo-actions">
        <IconButton
          label={`Move ${photo.name} forward`}
          disabled={index === 0}
          onClick={() => void set.move(photo.id, -1)}
        >
          <span className="set-earlier">
            <ChevronIcon />
          </span>
        </IconButton>
        <IconButton
          label={`Move ${photo.name} back`}
          disabled={index === count - 1}
          onClick={() => void set.move(photo.id, 1)}
        >
          <span className="set-later">
            <ChevronIcon />
          </span>
        </IconButton>
        <IconButton label={`Remove ${photo.name}`} onClick={() => void set.remove([photo.id])}>
          <CloseIcon />
        </IconButton>
      </div>
    </li>
  );
}

/** What was left out of the files that were given last. */
function Refused() {
  const refused = useSetState((state) => state.refused);
  if (!refused.length) return null;
  return (
    <details className="set-refused" role="status">
      <summary>
        {refused.length} {refused.length === 1 ? 'file was' : 'files were'} left out
      </summary>
      <ul>
        {refused.map(({ name, error }) => (
          <li key={name}>
            {error.message} {error.remedy}
          </li>
        ))}
      </ul>
    </details>
  );
}
