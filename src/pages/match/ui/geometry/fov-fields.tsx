import { assumedFocal, fovOfFocal } from '../../../../core/focal.ts';

import type { Side } from '../../../../core/geometry.ts';
import { FIT_PARAMS } from '../../params.ts';
import { NumberField } from '../../../../ui/number-field.tsx';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';

/** The horizontal field of view of each photo; an empty field stands for what the file tells or what is usual. */
export function FovFields() {
  const a = useWorkspaceState((state) => state.photos.a.photo?.info.focal);
  const b = useWorkspaceState((state) => state.photos.b.photo?.info.focal);
  return (
    <div className="fov-fields">
      <FovField side="a" />
      <FovField side="b" />
      <p className="hint">Horizontal field of view; {sourcesText(a, b)} A wrong one bends the points’ depths.</p>
    </div>
  );
}

/** Where the fields of view come from that are left empty. */
export function sourcesText(a: number | undefined, b: number | undefined): string {
  if (a === undefined && b === undefined)
    return 'left empty, a usual lens is assumed, since neither photo tells its own.';
  if (a !== undefined && b !== undefined) return 'left empty, both are from the photos’ EXIF.';
  const [told, other] = a === undefined ? ['B', 'A'] : ['A', 'B'];
  return `left empty, ${told}’s is from its EXIF; for ${other}, which does not tell, a usual lens is assumed.`;
}

const [min, max] = FIT_PARAMS.fovA.range;

function FovField({ side }: { side: Side }) {
  const { geometry } = useWorkspace();
  const fov = useWorkspaceState((state) => state.geometry.settings.fov);
  const info = useWorkspaceState((state) => state.photos[side].photo?.info);
  if (!info) return null;
  const usual = fovOfFocal(info.size.width, info.focal ?? assumedFocal(info.size)).toFixed(1);
  return (
    <NumberField
      label={`Photo ${side.toUpperCase()}, degrees`}
      value={fov[side]}
      placeholder={usual}
      min={min}
      max={max}
      step={FIT_PARAMS.fovA.step}
      onChange={(value) => {
        // While a number is being typed it may be out of range.
        const isValid = value === null || (value >= min && value <= max);
        if (isValid) geometry.update({ fov: { ...fov, [side]: value } });
      }}
    />
  );
}
