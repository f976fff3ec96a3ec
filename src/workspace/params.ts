import type { ProviderChoice } from '../core/match.ts';
import { choice, optionalNumber, text, toggle } from '../platform/params/params.ts';

/** How photos are matched. Changing one of these runs the model anew. */
export const SETTINGS_PARAMS = {
  modelId: text({
    address: 'model',
    label: 'Model',
    help: 'Id of a model; the first of the list where it is unknown.',
  }),
  provider: choice<ProviderChoice>({
    address: 'ep',
    label: 'Runs on',
    default: 'auto',
    options: [
      { value: 'auto', label: 'Automatic' },
      { value: 'webgpu', label: 'WebGPU (graphics card)' },
      { value: 'wasm', label: 'WASM (processor)' },
    ],
  }),
  longSide: optionalNumber({
    address: 'size',
    label: 'Input size',
    range: [64, 4096],
    step: 1,
    digits: 0,
    unit: ' px',
    otherwise: 'the model’s own',
    help: 'Longer side of what the model sees. Larger is finer and slower.',
  }),
  rescue: toggle({
    address: 'rescue',
    label: 'Rotation rescue',
    default: true,
    help: 'Where the photos do not match, tries B turned and scaled as well; takes several times as long. Without it, one look alone, to no fraction of a pixel.',
  }),
};
