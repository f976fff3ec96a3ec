import { countAt, positionOf } from '../../state/count-scale.ts';
import { whole } from '../../../../ui/format.ts';
import { ShuffleIcon } from '../../../../ui/icons.tsx';
import { Segmented } from '../../../../ui/segmented.tsx';
import { Slider } from '../../../../ui/slider.tsx';
import { useWorkspaceState } from '../../ui/workspace-context.ts';
import { ColorMapControl } from '../controls/picture-controls.tsx';
import { useView } from '../controls/use-view.ts';

const STYLES = [
  { value: 'lines', label: 'Lines' },
  { value: 'points', label: 'Points' },
] as const;

const COLORS = [
  { value: 'position', label: 'Position' },
  { value: 'certainty', label: 'Certainty' },
  { value: 'inliers', label: 'Model' },
] as const;

const MAX_SEED = 0xffffffff;

export function MatchControls() {
  const [view, update] = useView();
  const isUnrelated = useWorkspaceState((state) => state.result?.verdict.kind === 'none');
  return (
    <>
      {isUnrelated && (
        <p className="hint">Photos without a common scene get no lines, or only the few that are certain.</p>
      )}
      <Slider
        label="Number"
        value={positionOf(view.count)}
        min={0}
        max={1}
        step={0.005}
        format={() => whole(view.count)}
        hint="Fewer are drawn where fewer places are certain enough."
        onChange={(position) => update({ count: countAt(position) })}
      />
      <Segmented
        label="Drawn as"
        value={view.matchStyle}
        options={STYLES}
        onChange={(matchStyle) => update({ matchStyle })}
      />
      <Segmented
        label="Coloured by"
        value={view.colorBy}
        options={COLORS}
        onChange={(colorBy) => update({ colorBy })}
      />
      {view.colorBy === 'certainty' && <ColorMapControl />}
      <button type="button" className="button" onClick={() => update({ seed: (view.seed % MAX_SEED) + 1 })}>
        <ShuffleIcon />
        Draw other samples
      </button>
    </>
  );
}
