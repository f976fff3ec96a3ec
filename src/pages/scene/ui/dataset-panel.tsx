import { Failure } from '../../../ui/failure.tsx';
import type { DatasetTarget } from '../../../core/dataset-target.ts';
import { WriteTo } from '../../../ui/write-to.tsx';
import { fileSize, whole } from '../../../ui/format.ts';
import { NumberField } from '../../../ui/number-field.tsx';
import { saveFile } from '../../../ui/save-file.ts';
import { Section } from '../../../ui/section.tsx';
import { Select } from '../../../ui/select.tsx';
import type { SceneDatasetResult } from '../contract/api.ts';
import { type DatasetSize, SCENE_PARAMS } from '../params.ts';
import { JobProgress } from './job-progress.tsx';
import { useScene, useSceneState } from './scene-context.ts';

const ZIP_NAME = 'liftmatch-scene-dataset.zip';

/** Seeded pairs of the scene with exact labels, as files. */
export function DatasetPanel() {
  const scene = useScene();
  const { seed, bins, views, datasetSize } = useSceneState((state) => state.values);
  const run = useSceneState((state) => state.dataset);
  const isOpen = useSceneState((state) => state.facts !== null);
  const progress = run?.progress ?? null;
  const canWrite = isOpen && progress === null;
  const write = async (ask: () => Promise<DatasetTarget | null>) => {
    try {
      const target = await ask();
      const zip = target && (await scene.dataset.run(target));
      if (zip) saveFile(zip, ZIP_NAME);
    } catch (thrown) {
      scene.report(thrown);
    }
  };
  return (
    <Section title="Dataset" summary={progress ? 'writing' : undefined}>
      <p className="hint">
        Pairs by the seed {seed}, evenly over the bins of {bins}: both pictures, depths, normals, cameras, the exact
        warp, its mask, and which Gaussian each pixel is of.
      </p>
      <NumberField
        label={SCENE_PARAMS.views.label}
        value={views}
        placeholder=""
        min={SCENE_PARAMS.views.range[0]}
        max={SCENE_PARAMS.views.range[1]}
        step={1}
        onChange={(value) => {
          const [least, most] = SCENE_PARAMS.views.range;
          if (value !== null && value >= least && value <= most) scene.set({ views: Math.round(value) });
        }}
      />
      <Select
        label={SCENE_PARAMS.datasetSize.label}
        value={datasetSize}
        options={SCENE_PARAMS.datasetSize.options}
        onChange={(value) => scene.set({ datasetSize: value as DatasetSize })}
      />
      <WriteTo zipName={ZIP_NAME} canWrite={canWrite} part="part of these pairs" onWrite={(ask) => void write(ask)} />
      {progress && (
        <JobProgress
          label="Dataset"
          progress={progress}
          text={`Pair ${Math.min(Math.floor(progress.done) + 1, views)} of ${views} …`}
          onStop={() => scene.dataset.stop()}
        />
      )}
      {run?.error && <Failure error={run.error} />}
      {run?.result && <Result {...run.result} />}
    </Section>
  );
}

function Result({ pairs, kept, skipped, outsideBin, bytes }: SceneDatasetResult) {
  const count = (n: number) => `${whole(n)} ${n === 1 ? 'pair' : 'pairs'}`;
  return (
    <p role="status" data-dataset-summary>
      {count(pairs)}, {fileSize(bytes)}
      {kept > 0 && `; ${whole(kept)} were there already`}.
      {outsideBin > 0 && ` ${count(outsideBin)} outside the bin that was wanted: settings.json of each tells.`}
      {skipped > 0 && ` For ${count(skipped)} no view showed enough of the scene.`}
    </p>
  );
}
