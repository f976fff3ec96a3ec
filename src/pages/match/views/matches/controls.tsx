import { countAt, positionOf } from '../../state/count-scale.ts';
import { whole } from '../../../../ui/format.ts';
import { ShuffleIcon } from '../../../../ui/icons.tsx';
import { ParamChoice } from '../../../../ui/param-controls.tsx';
import { VIEW_PARAMS } from '../../params.ts';
import { Slider } from '../../../../ui/slider.tsx';
import { useWorkspaceState } from '../../ui/workspace-context.ts';
import { ColorMapControl } from '../controls/picture-controls.tsx';
import { useView } from '../controls/use-view.ts';

export function MatchControls() {
  const [view, update] = useView();
  const isUnrelated = useWorkspaceState((state) => state.result?.verdict.kind === 'none');
  return (
    <>
      {isUnrelated && (
        <p className="hint">Photos without a common scene get no lines, or only the few that are certain.</p>
      )}
      <Slider
        label={VIEW_PARAMS.count.label}
        value={positionOf(view.count)}
        min={0}
        max={1}
        step={0.005}
        format={() => whole(view.count)}
        hint={VIEW_PARAMS.count.help}
        onChange={(position) => update({ count: countAt(position) })}
      />
      <ParamChoice
        param={VIEW_PARAMS.matchStyle}
        value={view.matchStyle}
        onChange={(matchStyle) => update({ matchStyle })}
      />
      <ParamChoice param={VIEW_PARAMS.colorBy} value={view.colorBy} onChange={(colorBy) => update({ colorBy })} />
      {view.colorBy === 'certainty' && <ColorMapControl />}
      <button
        type="button"
        className="button"
        onClick={() => update({ seed: (view.seed % VIEW_PARAMS.seed.range[1]) + 1 })}
      >
        <ShuffleIcon />
        Draw other samples
      </button>
    </>
  );
}
