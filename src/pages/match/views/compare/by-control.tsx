import { ParamChoice } from '../../../../ui/param-controls.tsx';
import { VIEW_PARAMS } from '../../params.ts';
import { useWorkspace, useWorkspaceState } from '../../ui/workspace-context.ts';
import { useView } from '../controls/use-view.ts';

/** What lays B on A: the dense match, or one plane's homography. */
export function CompareByControl() {
  const { geometry } = useWorkspace();
  const [view, update] = useView();
  const { settings, error } = useWorkspaceState((state) => state.geometry);
  const isPlane = settings.model === 'homography';
  return (
    <>
      <ParamChoice
        param={VIEW_PARAMS.compareBy}
        value={view.compareBy}
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
