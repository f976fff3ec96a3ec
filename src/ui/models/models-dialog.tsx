import { chosenModel } from '../../state/matching.ts';
import { Dialog } from '../common/dialog.tsx';
import { megabytes } from '../common/format.ts';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';

/** The models, what they are and under which licence; one can be chosen. */
export function ModelsDialog({ onClose }: { onClose: () => void }) {
  const workspace = useWorkspace();
  const models = useWorkspaceState((state) => state.models);
  const chosen = useWorkspaceState(chosenModel);
  return (
    <Dialog title="Models" onClose={onClose}>
      {models.length === 0 && <p>No model could be read.</p>}
      <ul className="models">
        {models.map((model, i) => (
          <li key={model.id} className="model">
            <label>
              <input
                type="radio"
                name="model"
                checked={model.id === chosen?.id}
                onChange={() => workspace.updateSettings({ modelId: i === 0 ? null : model.id, longSide: null })}
              />
              <b>{model.name}</b>
            </label>
            {model.description && <p>{model.description}</p>}
            <dl className="facts">
              <dt>Download</dt>
              <dd>{megabytes(model.bytes)}</dd>
              <dt>Input</dt>
              <dd>
                {model.defaultLongSide} px by default, multiples of {model.multiple} up to {model.maxLongSide}
              </dd>
              <dt>Licence</dt>
              <dd>{model.license}</dd>
              <dt>Source</dt>
              <dd>{model.source}</dd>
            </dl>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
