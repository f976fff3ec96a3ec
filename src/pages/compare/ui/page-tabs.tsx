import { useRef } from 'react';
import type { KeyboardEvent } from 'react';
import { COMPARE_PAGES } from '../settings.ts';
import { useCompareSettings } from './compare-context.ts';
import { PAGE_TEXTS } from './texts.ts';

/** What is shown of the encoders, as tabs; arrow keys move between them. */
export function PageTabs() {
  const [{ page }, update] = useCompareSettings();
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = (COMPARE_PAGES.indexOf(page) + step + COMPARE_PAGES.length) % COMPARE_PAGES.length;
    update({ page: COMPARE_PAGES[next] });
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label="Comparison" ref={list} onKeyDown={onKeyDown}>
      {COMPARE_PAGES.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`compare-${name}`}
          aria-selected={name === page}
          aria-controls="compared"
          tabIndex={name === page ? 0 : -1}
          title={PAGE_TEXTS[name].about}
          onClick={() => update({ page: name })}
        >
          {PAGE_TEXTS[name].label}
        </button>
      ))}
    </div>
  );
}
