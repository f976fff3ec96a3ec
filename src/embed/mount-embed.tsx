import { createRoot } from 'react-dom/client';
import { openEmbedWorkspace } from '../pages/match/state/sharing/embed-workspace.ts';
import { EmbedView } from './embed-view.tsx';
import { HostLink } from './host-link.ts';
import { parseEmbedOptions } from './options.ts';
import { EmbedSession } from './session.ts';

/** Commands and messages that this version knows, for hosts that want to ask before they use one. */
const CAPABILITIES = ['load', 'run', 'set', 'export', 'progress', 'size', 'result', 'error'];

/** Fills `root` with the chromeless view that the window's address asks for, and listens to the page around it. */
export function mountEmbed(root: Element, win: Window): { session: EmbedSession; host: HostLink } {
  const base = new URL('./', win.document.baseURI).href;
  const options = parseEmbedOptions(win.location.search, win.origin);
  const { workspace } = openEmbedWorkspace(win, base);
  const host = new HostLink({ win, origins: options.origins, onCommand: (command) => void session.handle(command) });
  const session: EmbedSession = new EmbedSession(workspace, options, base, (message) => host.send(message));
  createRoot(root).render(<EmbedView session={session} autorun={options.autorun} />);
  host.send({ type: 'ready', capabilities: CAPABILITIES });
  return { session, host };
}
