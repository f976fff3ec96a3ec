import type { CompareBy } from '../../contract/view.ts';
import { Segmented } from '../../../../ui/segmented.tsx';
import { useWorkspace, useWorkspaceState } from '../../ui/workspace-context.ts';
import { useView } from '../controls/use-view.ts';

const CHOICES: { value: CompareBy; label: string }[] = [
  { value: 'match', label: 'Match' },
  { value: 'plane', label: 'Plane' },
  { value: 'panorama', label: 'Panorama' },
];

/** What lays B on A: the dense match, or one plane's homography. */
export function CompareByControl() {
  const { geometry } = useWorkspace();
  const [view, update] = useView();
  const { settings, error } = useWorkspaceState((state) => state.geometry);
  const isPlane = settings.model === 'homography';
  return (
    <>
      <Segmented
        label="B laid on A by"
        value={view.compareBy}
        options={CHOICES}
        onChange={(compareBy) => {
          if (compareBy !== 'match' && !isPlane) geometry.update({ model: 'homography', threshold: null });
          update({ compareBy });
        }}
      />
      {view.compareBy !== 'match' && !isPlane && (
        <p className="hint">Only a homography lays B on A; choose it under Geometry.</p>
      )}
      {view.compareBy !== 'match' && error && <p className="hint">{error.message} The match is shown instead.</p>}
    </>
  );
}
