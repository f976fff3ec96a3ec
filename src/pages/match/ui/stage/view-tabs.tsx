import { useRef } from 'react';
import type { KeyboardEvent } from 'react';
import { VIEW_LIST, VIEWS } from '../../views/index.ts';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';

/** The views as tabs; arrow keys move between them, number keys choose one from anywhere (use-view-keys.ts). */
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
      {VIEW_LIST.map(({ name, label, about }, i) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`tab-${name}`}
          aria-selected={name === view}
          aria-controls="stage"
          tabIndex={name === view ? 0 : -1}
          title={about}
          onClick={() => workspace.updateView({ view: name })}
        >
          {label}
          <kbd aria-hidden="true">{i + 1}</kbd>
        </button>
      ))}
    </div>
  );
}
