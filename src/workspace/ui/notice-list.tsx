import { IconButton } from '../../ui/icon-button.tsx';
import { CloseIcon } from '../../ui/icons.tsx';
import { useWorkspace, useWorkspaceState } from './workspace-context.ts';

/** What went wrong, or should be known, and what to do about it. */
export function NoticeList() {
  const workspace = useWorkspace();
  const notices = useWorkspaceState((state) => state.notices);
  return (
    <div className="notices" role="region" aria-label="Notices" aria-live="polite">
      {notices.map(({ id, kind, code, message, remedy, action }) => (
        <div key={id} className={`notice ${kind}`} role={kind === 'error' ? 'alert' : 'status'} data-code={code}>
          <p>
            {message} {remedy && <span className="notice-remedy">{remedy}</span>}
            {action && (
              <button type="button" className="button notice-action" onClick={action.run}>
                {action.label}
              </button>
            )}
          </p>
          <IconButton label="Dismiss" onClick={() => workspace.notices.dismiss(id)}>
            <CloseIcon />
          </IconButton>
        </div>
      ))}
    </div>
  );
}
