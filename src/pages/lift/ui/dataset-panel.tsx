import { Failure } from '../../../ui/failure.tsx';
import type { DatasetTarget } from '../../../core/dataset-target.ts';
import { useRef, useState, type ChangeEvent } from 'react';
import type { DatasetPhoto, DatasetSummary } from '../contract/dataset.ts';
import { pairPhotos } from '../state/depth/depth-files.ts';
import { fileSize, whole } from '../../../ui/format.ts';
import { saveFile } from '../../../ui/save-file.ts';
import { Section } from '../../../ui/section.tsx';
import { ParamSlider, ParamSwitch } from '../../../ui/param-controls.tsx';
import { LIFT_PARAMS } from '../params.ts';
import { WriteTo } from '../../../ui/write-to.tsx';
import { useLift, useLiftState } from './lift-context.ts';

const ZIP_NAME = 'liftmatch-dataset.zip';

/** Seeded views of many photos, written in L2M's layout. */
export function DatasetPanel() {
  const lift = useLift();
  const settings = useLiftState((state) => state.datasetSettings);
  const run = useLiftState((state) => state.dataset);
  const seed = useLiftState((state) => state.seed);
  const hasPhoto = useLiftState((state) => state.photo !== null);
  const [chosen, setChosen] = useState<DatasetPhoto[] | null>(null);
  const isRunning = run?.progress != null;
  const canWrite = !isRunning && (chosen ? chosen.length > 0 : hasPhoto);

  const write = async (ask: () => Promise<DatasetTarget | null>) => {
    try {
      const present = lift.dataset.presentPhoto();
      const target = await ask();
      if (!target) return;
      const blob = await lift.dataset.run(chosen ?? (present ? [present] : []), target);
      if (blob) saveFile(blob, ZIP_NAME);
    } catch (thrown) {
      lift.report(thrown);
    }
  };

  return (
    <Section title="Dataset" summary={isRunning ? 'writing' : undefined}>
      <p className="hint">
        Random views by L2M’s ranges and the seed {seed}, with depths, cameras, the exact warp and its mask.
      </p>
      <PhotoChoice chosen={chosen} onChoose={setChosen} />
      <ParamSlider
        param={LIFT_PARAMS.datasetViews}
        value={settings.views}
        onChange={(views) => lift.dataset.update({ views })}
      />
      <ParamSlider
        param={LIFT_PARAMS.datasetSize}
        value={settings.size}
        onChange={(size) => lift.dataset.update({ size })}
      />
      <ParamSwitch
        param={LIFT_PARAMS.datasetRelight}
        value={settings.relight}
        onChange={(relight) => lift.dataset.update({ relight })}
      />
      <ParamSwitch
        param={LIFT_PARAMS.datasetPhotometric}
        value={settings.photometric}
        onChange={(photometric) => lift.dataset.update({ photometric })}
      />
      <WriteTo zipName={ZIP_NAME} canWrite={canWrite} part="part of the export" onWrite={(ask) => void write(ask)} />
      {run?.progress && (
        <div className="job-progress" role="status">
          <span>{run.progress.detail ?? 'Writing …'}</span>
          <progress
            aria-label="Dataset"
            max={1}
            {...(run.progress.fraction === null ? {} : { value: run.progress.fraction })}
          />
          <button type="button" className="button" onClick={() => lift.dataset.stop()}>
            Cancel
          </button>
        </div>
      )}
      {run?.error && <Failure error={run.error} />}
      {run?.summary && <Summary summary={run.summary} />}
    </Section>
  );
}

interface PhotoChoiceProps {
  /** Null is the photo on the page. */
  chosen: DatasetPhoto[] | null;
  onChoose: (photos: DatasetPhoto[] | null) => void;
}

/** Which photos: the one on the page, several files, or a folder; maps among them go with the photos of their names. */
function PhotoChoice({ chosen, onChoose }: PhotoChoiceProps) {
  const lift = useLift();
  const folder = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const maps = chosen?.filter(({ depth }) => depth !== null).length ?? 0;
  const onPick = (event: ChangeEvent<HTMLInputElement>) => {
    const picked = [...(event.target.files ?? [])];
    event.target.value = '';
    void pairPhotos(picked).then(onChoose, (thrown: unknown) => lift.report(thrown));
  };
  return (
    <div className="field">
      <p data-dataset-photos>
        {chosen === null
          ? 'Of the photo above.'
          : `Of ${whole(chosen.length)} ${chosen.length === 1 ? 'photo' : 'photos'}, ${whole(maps)} with a depth map.`}
      </p>
      <div className="row">
        <button type="button" className="button" onClick={() => files.current?.click()}>
          Choose photos
        </button>
        <button type="button" className="button" onClick={() => folder.current?.click()}>
          Choose a folder
        </button>
        {chosen && (
          <button type="button" className="button quiet" onClick={() => onChoose(null)}>
            Only the photo above
          </button>
        )}
      </div>
      {chosen && maps < chosen.length && (
        <p className="hint">
          A map of the same name beside a photo (.npy, .pfm, _depth.png) is its depth. Without one, depth comes from the
          network that is chosen above, or from the estimate.
        </p>
      )}
      <input
        ref={(element) => {
          folder.current = element;
          // React knows no name for it.
          element?.setAttribute('webkitdirectory', '');
        }}
        type="file"
        multiple
        hidden
        data-picker="dataset-folder"
        onChange={onPick}
      />
      <input
        ref={files}
        type="file"
        accept="image/*,.npy,.pfm"
        multiple
        hidden
        data-picker="dataset-files"
        onChange={onPick}
      />
    </div>
  );
}

function Summary({ summary: { photos, views, kept, bytes, failures } }: { summary: DatasetSummary }) {
  return (
    <div className="lift-summary" role="status" data-dataset-summary>
      <p>
        {whole(views)} {views === 1 ? 'view' : 'views'} of {whole(photos)} {photos === 1 ? 'photo' : 'photos'},{' '}
        {fileSize(bytes)}
        {kept > 0 && `; ${whole(kept)} were there already`}.
      </p>
      {failures.length > 0 && (
        <details>
          <summary>{failures.length} could not be made</summary>
          <ul className="hint">
            {failures.map(({ name, message }, i) => (
              <li key={i}>
                <b>{name}</b>: {message}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
