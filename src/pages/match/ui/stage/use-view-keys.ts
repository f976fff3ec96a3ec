import { useEffect } from 'react';
import { isTyping } from '../../../../ui/is-typing.ts';
import { VIEWS } from '../../views/index.ts';
import type { MatchWorkspace } from '../../state/match-workspace.ts';

/** Number keys choose the view, wherever the focus is (but in a text field). */
export function useViewKeys(workspace: MatchWorkspace): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (workspace.store.getState().page !== 'match') return;
      const view = VIEWS[Number(event.key) - 1];
      if (view && /^\d$/.test(event.key)) workspace.updateView({ view });
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [workspace]);
}
