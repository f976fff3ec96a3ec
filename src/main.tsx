import { createRoot } from 'react-dom/client';
import { openWorkspace } from './state/open-workspace.ts';
import { MatchWorkspace } from './ui/match/match-workspace.tsx';
import { WorkspaceContext } from './ui/workspace-context.ts';
import './ui/styles/index.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

createRoot(root).render(
  <WorkspaceContext value={openWorkspace(window)}>
    <MatchWorkspace />
  </WorkspaceContext>,
);
