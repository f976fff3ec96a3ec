import type { InstalledModel, NetworkPurpose, KeptNetwork } from '../../../models/library-contract.ts';
import { type Library, entryOfInstalled, isLocalModel, manifestId } from '../../../workspace/library/library.ts';
import { chosenModel } from '../../../workspace/models.ts';
import type { ModelEntry } from '../../../workspace/types.ts';
import { fileSize } from '../../../ui/format.ts';
import { RemoveButton } from '../../../ui/remove-button.tsx';
import { useWorkspace, useWorkspaceState } from '../../../workspace/ui/workspace-context.ts';
import { CheckpointFacts } from './checkpoint-facts.tsx';
import { MeasuredSpeedText } from './measured-speed.tsx';

/** What each kind of network is called and good for. */
const KIND_TEXTS: Record<InstalledModel['kind'], { name: string; installed: string }> = {
  matcher: { name: 'Matcher', installed: 'Matches photos.' },
  encoder: {
    name: 'Encoder',
    installed: 'Gives features of one photo; it does not match by itself.',
  },
  depth: { name: 'Depth', installed: 'Gives the depth of one photo; it does not match.' },
  splats: {
    name: 'Scene of two photos',
    installed: 'Makes a scene of two matched photos; it does not match by itself.',
  },
};

/** The same of the networks that the lift studio keeps. */
const PURPOSE_TEXTS: Record<NetworkPurpose, { name: string; installed: string }> = {
  sky: { name: 'Sky', installed: 'Finds the sky on the Lift page.' },
  inpainting: { name: 'Inpainting', installed: 'Fills holes on the Lift page.' },
};

/** The models that can run now; one of the matchers is in use. */
export function InstalledList({ library }: { library: Library }) {
  const models = useWorkspaceState((state) => state.models);
  const { installed, networks } = useWorkspaceState((state) => state.library);
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
        {networks.map((network) => (
          <NetworkItem key={network.purpose} library={library} network={network} />
        ))}
      </ul>
    </section>
  );
}

function InstalledItem({ library, model }: { library: Library; model: InstalledModel }) {
  const matcher = entryOfInstalled(model);
  return (
    <li className="model" data-model={model.id}>
      <div className="model-head">
        {matcher ? <UseChoice model={matcher} /> : <b>{model.name}</b>}
        <RemoveButton name={model.name} bytes={model.bytes} onRemove={() => void library.remove(model.id)} />
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

/** A network that the lift studio uses for one thing. */
function NetworkItem({ library, network }: { library: Library; network: KeptNetwork }) {
  const { purpose, name, bytes, sha256, keptAt, isDamaged } = network;
  return (
    <li className="model" data-network={purpose}>
      <div className="model-head">
        <b>{name}</b>
        <RemoveButton name={name} bytes={bytes} onRemove={() => void library.removeNetwork(purpose)} />
      </div>
      <p className="hint">
        {isDamaged ? 'Not whole, and cannot be used: remove it.' : PURPOSE_TEXTS[purpose].installed}
      </p>
      <details>
        <summary>
          {PURPOSE_TEXTS[purpose].name}, {fileSize(bytes)} on this device
        </summary>
        {sha256 && (
          <dl className="facts">
            <dt>Kept since</dt>
            <dd>{new Date(keptAt).toLocaleDateString()}</dd>
            <dt>File</dt>
            <dd>
              <span className="line hash" data-sha256={sha256}>
                sha256 {sha256}
              </span>
            </dd>
          </dl>
        )}
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
  // A speed is known by the manifest's own id, as a match tells it.
  const speed = useWorkspaceState(({ speeds }) => speeds[manifestId(model.id)] ?? null);
  return (
    <dl className="facts">
      <dt>Speed</dt>
      <dd>{speed ? <MeasuredSpeedText speed={speed} /> : 'measured with its first pair'}</dd>
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
