import { chosenModel } from '../../../../workspace/models.ts';
import type { ModelEntry } from '../../../../workspace/types.ts';
import { Section } from '../../../../ui/section.tsx';
import { Select } from '../../../../ui/select.tsx';
import { ParamSwitch } from '../../../../ui/param-controls.tsx';
import type { ProviderChoice } from '../../../../core/match.ts';
import { SETTINGS_PARAMS } from '../../../../workspace/params.ts';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';

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
          label={SETTINGS_PARAMS.modelId.label}
          value={model?.id ?? ''}
          options={models.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(id) => workspace.updateSettings({ modelId: id === models[0].id ? null : id, longSide: null })}
        />
      )}
      {model && (
        <Select
          label={SETTINGS_PARAMS.longSide.label}
          value={settings.longSide === null ? '' : String(settings.longSide)}
          options={sizeOptions(model, settings.longSide)}
          hint={SETTINGS_PARAMS.longSide.help}
          onChange={(value) => workspace.updateSettings({ longSide: value === '' ? null : Number(value) })}
        />
      )}
      <Select
        label={SETTINGS_PARAMS.provider.label}
        value={settings.provider}
        options={SETTINGS_PARAMS.provider.options}
        hint={info?.providerReason}
        onChange={(provider) => workspace.updateSettings({ provider: provider as ProviderChoice })}
      />
      <ParamSwitch
        param={SETTINGS_PARAMS.rescue}
        value={settings.rescue}
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
