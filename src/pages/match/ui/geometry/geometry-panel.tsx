import type { FitModel } from '../../contract/fit-models.ts';
import { ParamChoice } from '../../../../ui/param-controls.tsx';
import { FIT_PARAMS } from '../../params.ts';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';
import { CameraFields } from './camera-fields.tsx';
import { CloudControls } from './cloud-controls.tsx';
import { FitFacts } from './fit-facts.tsx';
import { FitStatus } from './fit-status.tsx';
import { FitViews } from './fit-views.tsx';
import { FovFields } from './fov-fields.tsx';
import { SearchControls, ThresholdSlider } from './search-controls.tsx';

const ABOUT: Record<FitModel, string> = {
  homography: 'One plane, or a camera that only turned: lays B on A.',
  fundamental: 'Fundamental matrix: two views of a rigid scene. Every place has a line in the other photo.',
  essential:
    'Essential matrix: two views with known fields of view. Tells where the second camera stood, and points in space.',
};

/** Model, search, verdict and what can be done with the fit. No change here runs the matcher. */
export default function GeometryPanel() {
  const { geometry } = useWorkspace();
  const { settings, fit } = useWorkspaceState((state) => state.geometry);
  const hasResult = useWorkspaceState((state) => state.result !== null);
  if (!hasResult) return <p className="hint">A model is fitted as soon as two photos are matched.</p>;
  return (
    <>
      <ParamChoice param={FIT_PARAMS.model} value={settings.model} onChange={(model) => geometry.update({ model })} />
      <p className="hint">{ABOUT[settings.model]}</p>
      {settings.model === 'essential' && !(settings.camera.a && settings.camera.b) && <FovFields />}
      <ThresholdSlider />
      <FitStatus />
      {fit && fit.model === settings.model && (
        <>
          <FitViews fit={fit} />
          {fit.cameras && <CloudControls />}
          <FitFacts fit={fit} />
        </>
      )}
      <CameraFields />
      <SearchControls />
    </>
  );
}
