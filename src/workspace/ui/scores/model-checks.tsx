import { useWorkspaceState } from '../workspace-context.ts';

interface ModelChecksProps {
  /** Ids; empty stands for `standard` alone. */
  chosen: readonly string[];
  standard: string | undefined;
  onChange: (chosen: string[]) => void;
}

/** Which of the installed matchers are measured; nothing to choose while there is one only. */
export function ModelChecks({ chosen, standard, onChange }: ModelChecksProps) {
  const models = useWorkspaceState((state) => state.models);
  if (models.length < 2) return null;
  const isChosen = (id: string) => (chosen.length > 0 ? chosen.includes(id) : id === standard);
  const toggle = (id: string) => {
    const before = models.map((model) => model.id).filter(isChosen);
    onChange(before.includes(id) ? before.filter((one) => one !== id) : [...before, id]);
  };
  return (
    <fieldset className="field model-checks">
      <legend>Matchers</legend>
      {models.map(({ id, name }) => (
        <label key={id}>
          <input type="checkbox" checked={isChosen(id)} onChange={() => toggle(id)} /> {name}
        </label>
      ))}
    </fieldset>
  );
}
