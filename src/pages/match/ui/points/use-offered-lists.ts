import { useEffect } from 'react';
import type { PointMatching } from '../../state/points.ts';
import type { MatchWorkspace } from '../../state/match-workspace.ts';

const LIST = /\.(csv|tsv|txt|json)$/i;

/**
 * While the dialog is open, a list that is pasted or dropped anywhere is for it: without the focus in a field, the page
 * would look for a photo in it. It goes to the first list that is empty.
 */
export function useOfferedLists(workspace: MatchWorkspace, points: PointMatching): void {
  useEffect(() => {
    const { photos } = workspace;
    const before = photos.interceptor;
    photos.interceptor = ({ files, text }) => {
      const { mode, side, lists } = points.store.getState();
      const to = mode === 'points' ? side : lists.a.text === '' ? 'a' : 'b';
      const [file] = files;
      if (file && LIST.test(file.name)) void points.readFile(to, file);
      else if (!file && text) points.setText(to, text);
      else return false;
      return true;
    };
    return () => {
      photos.interceptor = before;
    };
  }, [workspace, points]);
}
