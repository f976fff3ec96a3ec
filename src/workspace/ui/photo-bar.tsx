import { IconButton } from '../../ui/icon-button.tsx';
import { SwapIcon } from '../../ui/icons.tsx';
import { useWorkspace, useWorkspaceState } from './workspace-context.ts';
import { PhotoSlot } from './photo-slot.tsx';

/** Both photo slots with the button between them that exchanges the photos. */
export function PhotoBar() {
  const workspace = useWorkspace();
  const canSwap = useWorkspaceState(
    ({ photos: { a, b } }) => (a.photo !== null || b.photo !== null) && a.opening === null && b.opening === null,
  );
  return (
    <div className="photo-bar">
      <PhotoSlot side="a" />
      <IconButton
        label="Swap A and B"
        className="swap-button"
        disabled={!canSwap}
        onClick={() => void workspace.photos.swap()}
      >
        <SwapIcon />
      </IconButton>
      <PhotoSlot side="b" />
    </div>
  );
}
