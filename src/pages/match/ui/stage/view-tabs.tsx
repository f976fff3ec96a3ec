import { useRef } from 'react';
import type { KeyboardEvent } from 'react';
import { VIEWS } from '../../contract/view.ts';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';
import { VIEW_TEXTS } from './view-texts.ts';

/** The six views as tabs; arrow keys move between them, number keys choose one from anywhere (use-view-keys.ts). */
export function ViewTabs() {
  const workspace = useWorkspace();
  const view = useWorkspaceState((state) => state.view.view);
  const list = useRef<HTMLDivElement>(null);

  const onKeyDown = (event: KeyboardEvent) => {
    const at = VIEWS.indexOf(view);
    const moves: Record<string, number> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      Home: 0,
      End: VIEWS.length - 1,
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    const next = (moves[event.key] + VIEWS.length) % VIEWS.length;
    workspace.updateView({ view: VIEWS[next] });
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus();
  };

  return (
    <div className="tabs" role="tablist" aria-label="View" ref={list} onKeyDown={onKeyDown}>
      {VIEWS.map((name, i) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`tab-${name}`}
          aria-selected={name === view}
          aria-controls="stage"
          tabIndex={name === view ? 0 : -1}
          title={VIEW_TEXTS[name].about}
          onClick={() => workspace.updateView({ view: name })}
        >
          {VIEW_TEXTS[name].label}
          <kbd aria-hidden="true">{i + 1}</kbd>
        </button>
      ))}
    </div>
  );
}
