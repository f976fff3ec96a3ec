import { useCallback, useRef, useState } from 'react';
import { ChevronIcon } from '../../ui/icons.tsx';
import { useDismiss } from '../../ui/use-dismiss.ts';
import { useWorkspace, useWorkspaceState } from './workspace-context.ts';

/** The demo pairs, as small pictures. */
export function SampleMenu() {
  const workspace = useWorkspace();
  const samples = useWorkspaceState((state) => state.samples);
  const urlA = useWorkspaceState(({ photos }) => sourceUrl(photos.a.photo?.source));
  const urlB = useWorkspaceState(({ photos }) => sourceUrl(photos.b.photo?.source));
  const [isOpen, setIsOpen] = useState(false);
  const ref = useRef<HTMLDivElement>(null);
  const close = useCallback(() => {
    // What had the focus goes with the list: it returns to the button.
    if (ref.current?.contains(document.activeElement)) ref.current.querySelector('button')?.focus();
    setIsOpen(false);
  }, []);
  useDismiss(ref, isOpen, close);
  if (samples.length === 0) return null;
  return (
    <div className="menu" ref={ref}>
      <button
        type="button"
        className="button quiet"
        aria-expanded={isOpen}
        aria-controls="samples"
        onClick={() => setIsOpen(!isOpen)}
      >
        Samples
        <ChevronIcon />
      </button>
      {isOpen && (
        <ul className="menu-sheet samples" id="samples" aria-label="Sample pairs">
          {samples.map((sample) => (
            <li key={sample.id}>
              <button
                type="button"
                className="sample"
                aria-current={sample.a === urlA && sample.b === urlB}
                title={sample.credit}
                onClick={() => {
                  close();
                  void workspace.photos.openSample(sample.id);
                }}
              >
                <span className="sample-pair">
                  <img src={sample.a} alt="" loading="lazy" />
                  <img src={sample.b} alt="" loading="lazy" />
                </span>
                {sample.title}
                {sample.description && <small>{sample.description}</small>}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const sourceUrl = (source?: { kind: string; url?: string }): string | undefined => source?.url;
