import type { ExportChoice } from '../../../../exports/export-format.ts';
import { exportFormat } from '../../../../exports/index.ts';
import { dimensions, whole } from '../../../../ui/format.ts';
import { ParamChoice, ParamSlider, ParamSwitch } from '../../../../ui/param-controls.tsx';
import { Segmented } from '../../../../ui/segmented.tsx';
import { Select } from '../../../../ui/select.tsx';
import { EXPORT_PARAMS } from '../../params/export.ts';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';
import { AnimationOptions } from './animation-options.tsx';

const SCALES = ['1', '2', '3', '4'].map((value) => ({ value, label: `${value}×` }));

/** What can be chosen for the format, if anything. */
export function ExportOptions() {
  const workspace = useWorkspace();
  const settings = useWorkspaceState((state) => state.exports);
  const change = workspace.exporting.change.bind(workspace.exporting);
  const { choices } = exportFormat(settings.format);
  const asks = (what: ExportChoice) => choices.includes(what);
  if (asks('animation')) return <AnimationOptions settings={settings} onChange={change} />;
  if (asks('full-size')) {
    return (
      <>
        <Select
          label={EXPORT_PARAMS.picture.label}
          value={settings.picture}
          options={EXPORT_PARAMS.picture.options}
          onChange={(picture) => change({ picture: picture as typeof settings.picture })}
        />
        <ParamChoice
          param={EXPORT_PARAMS.encoding}
          value={settings.encoding}
          onChange={(encoding) => change({ encoding })}
        />
      </>
    );
  }
  if (asks('pixels')) {
    return (
      <ParamChoice
        param={EXPORT_PARAMS.firstPixel}
        value={settings.firstPixel}
        onChange={(firstPixel) => change({ firstPixel })}
      />
    );
  }
  if (asks('figure')) {
    return (
      <>
        <Segmented
          label={EXPORT_PARAMS.scale.label}
          value={String(settings.scale)}
          options={SCALES}
          onChange={(scale) => change({ scale: Number(scale) })}
        />
        <ParamSwitch param={EXPORT_PARAMS.legend} value={settings.legend} onChange={(legend) => change({ legend })} />
      </>
    );
  }
  if (asks('count')) {
    return (
      <ParamSlider
        param={EXPORT_PARAMS.count}
        value={settings.count}
        format={whole}
        onChange={(count) => change({ count })}
      />
    );
  }
  return asks('flow') ? <FlowOptions /> : null;
}

/** Direction and size of optical flow, with the sizes that the match and the photo have. */
function FlowOptions() {
  const workspace = useWorkspace();
  const { side, flowSize } = useWorkspaceState((state) => state.exports);
  const grid = useWorkspaceState((state) => state.result?.gridSize[side]);
  const photo = useWorkspaceState((state) => state.photos[side].photo?.info.size);
  const known = {
    match: grid && `${Math.max(grid.width, grid.height)} px`,
    photo: photo && dimensions(photo),
  };
  const sizes = EXPORT_PARAMS.flowSize.options.map(({ value, label }) => ({
    value,
    label: known[value] ? `${label} (${known[value]})` : label,
  }));
  return (
    <>
      <ParamChoice
        param={EXPORT_PARAMS.side}
        value={side}
        onChange={(wanted) => workspace.exporting.change({ side: wanted })}
      />
      <Segmented
        label={EXPORT_PARAMS.flowSize.label}
        value={flowSize}
        options={sizes}
        onChange={(wanted) => workspace.exporting.change({ flowSize: wanted })}
      />
    </>
  );
}
