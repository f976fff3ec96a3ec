import { FILE_MATCHES, type FlowSize } from '../../../../exports/export-format.ts';
import type { FullSizeEncoding, FullSizePicture } from '../../../../exports/full-size-settings.ts';
import { exportFormat } from '../../../../exports/index.ts';
import type { ExportChoice } from '../../state/sharing/exporting.ts';
import { dimensions, whole } from '../../../../ui/format.ts';
import { Segmented } from '../../../../ui/segmented.tsx';
import { Select } from '../../../../ui/select.tsx';
import { Slider } from '../../../../ui/slider.tsx';
import { Switch } from '../../../../ui/switch.tsx';
import { useWorkspaceState } from '../workspace-context.ts';
import { AnimationOptions } from './animation-options.tsx';

const PICTURES: { value: FullSizePicture; label: string }[] = [
  { value: 'b-on-a', label: 'B on A, by the match' },
  { value: 'a-on-b', label: 'A on B, by the match' },
  { value: 'panorama', label: 'Panorama, by the homography' },
  { value: 'panorama-match', label: 'Panorama, by match and homography' },
];
const ENCODINGS: { value: FullSizeEncoding; label: string }[] = [
  { value: 'png', label: 'PNG, see-through' },
  { value: 'jpeg', label: 'JPEG' },
];

const FIRST = [
  { value: '0.5', label: '(0.5, 0.5), COLMAP' },
  { value: '0', label: '(0, 0), OpenCV' },
];

const SCALES = ['1', '2', '3', '4'].map((value) => ({ value, label: `${value}×` }));

interface ExportOptionsProps {
  choice: ExportChoice;
  onChange: (choice: ExportChoice) => void;
}

/** What can be chosen for the format, if anything. */
export function ExportOptions({ choice, onChange }: ExportOptionsProps) {
  const grid = useWorkspaceState((state) => state.result?.gridSize[choice.side]);
  const photo = useWorkspaceState((state) => state.photos[choice.side].photo?.info.size);
  const { choices } = exportFormat(choice.format);
  if (choices.includes('animation')) {
    return (
      <AnimationOptions settings={choice.animation} onChange={(animation) => onChange({ ...choice, animation })} />
    );
  }
  if (choices.includes('full-size')) {
    return (
      <>
        <Select
          label="Picture"
          value={choice.fullSize.picture}
          options={PICTURES}
          onChange={(picture) =>
            onChange({ ...choice, fullSize: { ...choice.fullSize, picture: picture as FullSizePicture } })
          }
        />
        <Segmented
          label="File"
          value={choice.fullSize.encoding}
          options={ENCODINGS}
          onChange={(encoding) => onChange({ ...choice, fullSize: { ...choice.fullSize, encoding } })}
        />
      </>
    );
  }
  if (choices.includes('pixels')) {
    return (
      <Segmented
        label="Centre of the first pixel"
        value={String(choice.firstPixel)}
        options={FIRST}
        onChange={(value) => onChange({ ...choice, firstPixel: value === '0' ? 0 : 0.5 })}
      />
    );
  }
  if (choices.includes('figure')) {
    return (
      <>
        <Segmented
          label="Scale, pixels per pixel of the page"
          value={String(choice.scale)}
          options={SCALES}
          onChange={(scale) => onChange({ ...choice, scale: Number(scale) })}
        />
        <Switch
          label="Legend below the picture"
          checked={choice.legend}
          onChange={(legend) => onChange({ ...choice, legend })}
        />
      </>
    );
  }
  if (choices.includes('count')) {
    const { default: usual, min, max, step } = FILE_MATCHES;
    return (
      <Slider
        label="Matches in the file"
        value={choice.count ?? usual}
        {...{ min, max, step }}
        format={whole}
        onChange={(count) => onChange({ ...choice, count })}
        hint="Programs that reconstruct want more of them than the view draws."
      />
    );
  }
  if (!choices.includes('flow')) return null;
  const sizes: { value: FlowSize; label: string }[] = [
    { value: 'match', label: grid ? `Match (${Math.max(grid.width, grid.height)} px)` : 'Match' },
    { value: 'photo', label: photo ? `Photo (${dimensions(photo)})` : 'Photo' },
  ];
  return (
    <>
      <Segmented
        label="Direction"
        value={choice.side}
        options={[
          { value: 'a', label: 'A → B' },
          { value: 'b', label: 'B → A' },
        ]}
        onChange={(side) => onChange({ ...choice, side })}
      />
      <Segmented
        label="Size"
        value={choice.flowSize}
        options={sizes}
        onChange={(flowSize) => onChange({ ...choice, flowSize })}
      />
    </>
  );
}
