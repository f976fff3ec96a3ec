import { useRef } from 'react';
import type { ChangeEvent } from 'react';
import { percent } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { CloseIcon, PlusIcon } from '../../../ui/icons.tsx';
import { useWorkspace } from '../../../workspace/ui/workspace-context.ts';
import { useCompare, useCompareState } from './compare-context.ts';

const KINDS = { warp: 'dense warp', homography: 'homography', depth: 'pose and depth' };

/** Pairs of the person's own whose true correspondence is known, and the button that tells it of photos A and B. */
export function OwnPairList() {
  const compare = useCompare();
  const { notices } = useWorkspace();
  const pairs = useCompareState((state) => state.ownPairs);
  const picker = useRef<HTMLInputElement>(null);
  const onPick = (event: ChangeEvent<HTMLInputElement>) => {
    const files = [...(event.target.files ?? [])];
    event.target.value = '';
    if (files.length > 0) compare.ownPairs.addFiles(files).catch((thrown: unknown) => notices.report(thrown));
  };
  return (
    <section className="own-pairs" aria-label="Your own pairs">
      {pairs.length > 0 && (
        <ul>
          {pairs.map(({ id, title, truth }) => (
            <li key={id}>
              <span>
                {title}
                <small>
                  {KINDS[truth.kind]}, {percent(truth.seen)} of A seen in B
                  {truth.viewpoint !== null && `, ${truth.viewpoint.toFixed(0)}° apart`}
                </small>
              </span>
              <IconButton label={`Remove ${title}`} onClick={() => compare.ownPairs.remove(id)}>
                <CloseIcon />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <div className="row">
        <button type="button" className="button" onClick={() => picker.current?.click()}>
          <PlusIcon /> Truth of A and B
        </button>
        <span className="hint">
          A homography (3 × 3 as text, JSON or npy), or K, pose and depth (JSON, npz): choose it here, or drop it with
          the photos.
        </span>
      </div>
      <input
        ref={picker}
        type="file"
        accept=".txt,.json,.npy,.npz"
        multiple
        hidden
        data-picker="truth"
        onChange={onPick}
      />
    </section>
  );
}
