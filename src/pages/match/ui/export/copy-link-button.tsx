import { copyText } from '../../../../ui/copy-text.ts';
import { IconButton } from '../../../../ui/icon-button.tsx';
import { LinkIcon } from '../../../../ui/icons.tsx';
import { useWorkspace } from '../workspace-context.ts';

/** Copies a link that shows what is seen now. */
export function CopyLinkButton() {
  const workspace = useWorkspace();
  const copy = () => {
    const { a, b } = workspace.store.getState().photos;
    const hasFiles = [a, b].some(({ photo }) => photo?.source.kind === 'file');
    const told = hasFiles
      ? 'The link was copied. It holds view and settings, but not the photos that were opened from files.'
      : 'The link was copied. It shows what you see now.';
    void copyText(workspace.address(), told, workspace.notices);
  };
  return (
    <IconButton label="Copy a link to this view" onClick={copy}>
      <LinkIcon />
    </IconButton>
  );
}
