import type { SlotPair } from '../contract.ts';
import { COMPARE_PARAMS } from '../params.ts';
import { Segmented } from '../../../ui/segmented.tsx';
import { Select } from '../../../ui/select.tsx';
import { ParamChoice, ParamSlider, ParamSwitch } from '../../../ui/param-controls.tsx';
import { ShuffleIcon } from '../../../ui/icons.tsx';
import { useWorkspaceState } from '../../../workspace/ui/workspace-context.ts';
import { useCompare, useCompareSettings, useCompareState } from './compare-context.ts';
import { PAGE_TEXTS } from './texts.ts';

const HEATS = [
  { value: 'cosine', label: 'Cosine' },
  { value: 'softmax', label: 'Softmax' },
] as const;
/** Of ViT features, as they are used for matching. */
const FIRST_TEMPERATURE = 0.07;

/** What can be set of the present comparison. */
export function PageControls() {
  const [settings, update] = useCompareSettings();
  const { label, about } = PAGE_TEXTS[settings.page];
  return (
    <div className="panel-part">
      <h2>{label}</h2>
      <p className="hint">{about}</p>
      {settings.page === 'components' && (
        <>
          <ParamChoice param={COMPARE_PARAMS.fit} value={settings.fit} onChange={(fit) => update({ fit })} />
          <ParamChoice param={COMPARE_PARAMS.mask} value={settings.mask} onChange={(mask) => update({ mask })} />
          <ParamSwitch param={COMPARE_PARAMS.align} value={settings.align} onChange={(align) => update({ align })} />
        </>
      )}
      {settings.page === 'similarity' && <SimilarityControls />}
      {settings.page === 'clusters' && (
        <>
          <ParamSlider
            param={COMPARE_PARAMS.clusters}
            value={settings.clusters}
            onChange={(clusters) => update({ clusters })}
          />
          <button type="button" className="button" onClick={() => update({ seed: settings.seed + 1 })}>
            <ShuffleIcon />
            Begin elsewhere
          </button>
        </>
      )}
      {settings.page === 'neighbours' && (
        <>
          <BetweenSelect />
          <ParamSlider
            param={COMPARE_PARAMS.maxRatio}
            value={settings.maxRatio}
            onChange={(maxRatio) => update({ maxRatio })}
          />
          <ParamSlider param={COMPARE_PARAMS.lines} value={settings.lines} onChange={(lines) => update({ lines })} />
        </>
      )}
    </div>
  );
}

/** The two photos whose neighbours are shown, where there are more than two. */
function BetweenSelect() {
  const compare = useCompare();
  // Both change which photos there are.
  useWorkspaceState((state) => state.photos);
  useCompareState((state) => state.extra);
  useCompareState((state) => state.settings.between);
  const slots = compare.slots();
  if (slots.length < 3) return null;
  const pairs = slots.flatMap((first, i) => slots.slice(i + 1).map((second): SlotPair => [first, second]));
  const options = pairs.map((pair) => ({ value: pair.join(''), label: pair.join(' – ').toUpperCase() }));
  return (
    <Select
      label={COMPARE_PARAMS.between.label}
      value={compare.between().join('')}
      options={options}
      onChange={(value) => compare.update({ between: pairs.find((pair) => pair.join('') === value) ?? pairs[0] })}
    />
  );
}

function SimilarityControls() {
  const [{ temperature, bestPlaces, exclusion }, update] = useCompareSettings();
  return (
    <>
      <Segmented
        label="Heat"
        value={temperature === null ? 'cosine' : 'softmax'}
        options={HEATS}
        onChange={(heat) => update({ temperature: heat === 'cosine' ? null : FIRST_TEMPERATURE })}
      />
      {temperature !== null && (
        <ParamSlider
          param={COMPARE_PARAMS.temperature}
          value={temperature}
          onChange={(value) => update({ temperature: value })}
        />
      )}
      <ParamSlider
        param={COMPARE_PARAMS.bestPlaces}
        value={bestPlaces}
        onChange={(value) => update({ bestPlaces: value })}
      />
      {bestPlaces > 1 && (
        <ParamSlider
          param={COMPARE_PARAMS.exclusion}
          value={exclusion}
          onChange={(value) => update({ exclusion: value })}
        />
      )}
      <ul className="compare-key hint">
        <li>
          <b aria-hidden="true">＋</b> the place asked for
        </li>
        <li>
          <b aria-hidden="true">○</b> most alike
        </li>
        <li>
          <b aria-hidden="true">◇</b> where the matcher puts it
        </li>
      </ul>
    </>
  );
}
