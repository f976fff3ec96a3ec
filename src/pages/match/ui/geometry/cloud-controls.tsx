import { Failure } from '../../../../ui/failure.tsx';
import { useState } from 'react';
import { type PlainError, toPlainError } from '../../../../core/errors.ts';
import { whole } from '../../../../ui/format.ts';
import { saveFile } from '../../../../ui/save-file.ts';
import { lazyPart } from '../../../../ui/lazy-part.tsx';
import { Segmented } from '../../../../ui/segmented.tsx';
import { Slider } from '../../../../ui/slider.tsx';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';

const CloudDialog = lazyPart({ name: 'Points in space', as: 'dialog', load: () => import('./cloud-dialog.tsx') });

const DENSITIES = [
  { value: 'sparse', label: 'Sparse' },
  { value: 'dense', label: 'Dense' },
] as const;

/** Points in space by the cameras of the fit: made, looked at, saved. */
export function CloudControls() {
  const { geometry } = useWorkspace();
  const { choice, cloud, job, settings } = useWorkspaceState((state) => state.geometry);
  const [error, setError] = useState<PlainError | null>(null);
  const save = async () => {
    setError(null);
    try {
      const { blob, name } = await geometry.save('ply');
      saveFile(blob, name);
    } catch (thrown) {
      setError(toPlainError(thrown));
    }
  };
  return (
    <>
      <Segmented
        label="Points in space"
        value={choice.density}
        options={DENSITIES}
        onChange={(density) => geometry.choose({ density })}
      />
      {choice.density === 'dense' && (
        <Slider
          label="Every"
          value={choice.step}
          min={1}
          max={8}
          step={1}
          format={(step) => (step === 1 ? 'place of the match' : `${step} places each way`)}
          onChange={(step) => geometry.choose({ step })}
        />
      )}
      <button type="button" className="button" disabled={job !== null} onClick={() => void geometry.makeCloud()}>
        {cloud ? 'Make points again' : 'Make points'}
      </button>
      <div className="halves">
        <button type="button" className="button" disabled={!cloud} onClick={() => geometry.update({ cloud: true })}>
          View in 3-D
        </button>
        <button type="button" className="button" disabled={!cloud} onClick={() => void save()}>
          Save PLY
        </button>
      </div>
      {cloud && (
        <p className="hint" data-cloud={cloud.count}>
          {whole(cloud.count)} points. Left out: {whole(cloud.left.epipolar)} that do not fit the cameras,{' '}
          {whole(cloud.left.parallax)} with too little parallax, {whole(cloud.left.behind)} behind a camera.
        </p>
      )}
      {error && <Failure error={error} />}
      {settings.cloud && cloud && <CloudDialog cloud={cloud} onClose={() => geometry.update({ cloud: false })} />}
    </>
  );
}
