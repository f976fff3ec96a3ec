import { Failure } from '../../../../ui/failure.tsx';
import { useState } from 'react';
import { type PlainError, toPlainError } from '../../../../core/errors.ts';
import { saveFile } from '../../../../ui/save-file.ts';
import { handScene } from '../../../scene/page.ts';
import { useWorkspace } from '../workspace-context.ts';

/** Saves the scene, or opens it on the page of scenes. */
export function SceneDoors() {
  const workspace = useWorkspace();
  const { flying } = workspace;
  const [error, setError] = useState<PlainError | null>(null);
  const trying = async (work: () => Promise<void>) => {
    setError(null);
    await work().catch((thrown: unknown) => setError(toPlainError(thrown)));
  };
  const save = (format: 'ply' | 'spz') =>
    trying(async () => {
      const { blob, name } = await flying.save(format);
      saveFile(blob, name);
    });
  const open = () =>
    trying(async () => {
      const { photos } = workspace.store.getState();
      const names = (['a', 'b'] as const).map((side) => photos[side].photo?.name ?? 'photo');
      await handScene(workspace, {
        ...(await flying.hand()),
        name: `${names.join(' and ')} (matched)`,
        madeFrom: 'two matched photos',
        notes: ['Its unit is not known in metres.'],
      });
    });
  return (
    <>
      <div className="fly-doors">
        <button type="button" className="button" onClick={() => void save('ply')}>
          Save .ply
        </button>
        <button type="button" className="button" onClick={() => void save('spz')}>
          Save .spz
        </button>
      </div>
      <button type="button" className="button" onClick={() => void open()}>
        Open in Scene
      </button>
      {error && <Failure error={error} />}
    </>
  );
}
