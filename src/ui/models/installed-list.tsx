import { useState } from 'react';
import type { InstalledModel } from '../../shared/model-library.ts';
import type { Library } from '../../state/library.ts';
import { entryOfInstalled, isLocalModel } from '../../state/library.ts';
import { chosenModel } from '../../state/matching.ts';
import type { ModelEntry } from '../../state/types.ts';
import { fileSize } from '../common/format.ts';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';
import { CheckpointFacts } from './checkpoint-facts.tsx';
import { KIND_TEXTS } from './kind-texts.ts';

/** The models that can run now; one of the matchers is in use. */
export function InstalledList({ library }: { library: Library }) {
  const models = useWorkspaceState((state) => state.models);
  const installed = useWorkspaceState((state) => state.library.installed);
  const bundled = models.filter(({ id }) => !isLocalModel(id));
  return (
    <section className="stack-tight" aria-label="On this device">
      <h3>Ready to use</h3>
      {models.length === 0 && <p>No model could be read.</p>}
      <ul className="models">
        {bundled.map((model) => (
          <li key={model.id} className="model">
            <UseChoice model={model} />
            {model.description && <p>{model.description}</p>}
            <details>
              <summary>Comes with the page, {fileSize(model.bytes)}</summary>
              <MatcherFacts model={model} />
            </details>
          </li>
        ))}
        {installed?.map((model) => (
          <InstalledItem key={model.id} library={library} model={model} />
        ))}
      </ul>
    </section>
  );
}

function InstalledItem({ library, model }: { library: Library; model: InstalledModel }) {
  const [isAsking, setIsAsking] = useState(false);
  const matcher = entryOfInstalled(model);
  return (
    <li className="model" data-model={model.id}>
      <div className="model-head">
        {matcher ? <UseChoice model={matcher} /> : <b>{model.name}</b>}
        {isAsking ? (
          <span className="row">
            <button type="button" className="button" onClick={() => setIsAsking(false)}>
              Keep
            </button>
            <button type="button" className="button danger" autoFocus onClick={() => void library.remove(model.id)}>
              Remove {fileSize(model.bytes)}
            </button>
          </span>
        ) : (
          <button
            type="button"
            className="button"
            aria-label={`Remove ${model.name}`}
            onClick={() => setIsAsking(true)}
          >
            Remove
          </button>
        )}
      </div>
      {!matcher && <p className="hint">{KIND_TEXTS[model.kind].installed}</p>}
      <details>
        <summary>
          {KIND_TEXTS[model.kind].name}, {fileSize(model.bytes)} on this device
        </summary>
        {matcher && <MatcherFacts model={matcher} />}
        <CheckpointFacts model={model} />
      </details>
    </li>
  );
}

function UseChoice({ model }: { model: ModelEntry }) {
  const workspace = useWorkspace();
  const models = useWorkspaceState((state) => state.models);
  const chosen = useWorkspaceState(chosenModel);
  const isUsed = model.id === chosen?.id;
  return (
    <label className="use-choice">
      <input
        type="radio"
        name="model"
        checked={isUsed}
        onChange={() =>
          workspace.updateSettings({ modelId: model.id === models[0].id ? null : model.id, longSide: null })
        }
      />
      <b>{model.name}</b>
      {isUsed && <span className="tag">in use</span>}
    </label>
  );
}

function MatcherFacts({ model }: { model: ModelEntry }) {
  return (
    <dl className="facts">
      <dt>Input</dt>
      <dd>
        {model.minLongSide === model.maxLongSide
          ? `${model.defaultLongSide} px`
          : `${model.defaultLongSide} px by default, multiples of ${model.multiple} up to ${model.maxLongSide}`}
      </dd>
      <dt>Licence</dt>
      <dd>{model.license === 'NOASSERTION' ? 'not stated' : model.license}</dd>
      <dt>Source</dt>
      <dd>{model.source}</dd>
    </dl>
  );
}
