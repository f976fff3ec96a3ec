import type { ProviderChoice } from '../../../../core/match.ts';
import { chosenModel } from '../../../../workspace/models.ts';
import type { ModelEntry } from '../../../../workspace/types.ts';
import { Section } from '../../../../ui/section.tsx';
import { Select } from '../../../../ui/select.tsx';
import { Switch } from '../../../../ui/switch.tsx';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';

const PROVIDERS: { value: ProviderChoice; label: string }[] = [
  { value: 'auto', label: 'Automatic' },
  { value: 'webgpu', label: 'WebGPU (graphics card)' },
  { value: 'wasm', label: 'WASM (processor)' },
];

/** Longer sides that are offered where the model takes them. */
const SIZES = [128, 192, 256, 320, 384, 448, 512, 560, 640, 672, 768, 896, 1024, 1344];

/** What runs the model anew when changed. */
export function SettingsPanel() {
  const workspace = useWorkspace();
  const settings = useWorkspaceState((state) => state.settings);
  const models = useWorkspaceState((state) => state.models);
  const info = useWorkspaceState((state) => state.engine.info);
  const model = useWorkspaceState(chosenModel);
  return (
    <Section title="Model and speed" summary={model?.name}>
      {models.length > 1 && (
        <Select
          label="Model"
          value={model?.id ?? ''}
          options={models.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(id) => workspace.updateSettings({ modelId: id === models[0].id ? null : id, longSide: null })}
        />
      )}
      {model && (
        <Select
          label="Input size"
          value={settings.longSide === null ? '' : String(settings.longSide)}
          options={sizeOptions(model, settings.longSide)}
          hint="Longer side of what the model sees. Larger is finer and slower."
          onChange={(value) => workspace.updateSettings({ longSide: value === '' ? null : Number(value) })}
        />
      )}
      <Select
        label="Runs on"
        value={settings.provider}
        options={PROVIDERS}
        hint={info?.providerReason}
        onChange={(provider) => workspace.updateSettings({ provider: provider as ProviderChoice })}
      />
      <Switch
        label="Rotation rescue"
        checked={settings.rescue}
        hint="Where the photos do not match, tries B turned and scaled as well. Takes several times as long."
        onChange={(rescue) => workspace.updateSettings({ rescue })}
      />
    </Section>
  );
}

/** The sizes that the model takes, and the one of the link where it is none of them. */
function sizeOptions(model: ModelEntry, current: number | null) {
  const sizes = SIZES.filter(
    (size) =>
      size % model.multiple === 0 &&
      size >= model.minLongSide &&
      size <= model.maxLongSide &&
      size !== model.defaultLongSide,
  );
  if (current !== null && !sizes.includes(current)) sizes.push(current);
  return [
    { value: '', label: `${model.defaultLongSide} px (default)` },
    ...sizes.sort((a, b) => a - b).map((size) => ({ value: String(size), label: `${size} px` })),
  ];
}
