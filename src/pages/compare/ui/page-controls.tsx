import type { SlotPair } from '../contract.ts';
import { CLUSTER_COUNT } from '../contract.ts';
import { Segmented } from '../../../ui/segmented.tsx';
import { Select } from '../../../ui/select.tsx';
import { Slider } from '../../../ui/slider.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { ShuffleIcon } from '../../../ui/icons.tsx';
import { useWorkspaceState } from '../../../workspace/ui/workspace-context.ts';
import { useCompare, useCompareSettings, useCompareState } from './compare-context.ts';
import { PAGE_TEXTS } from './texts.ts';

const FITS = [
  { value: 'joint', label: 'All photos' },
  { value: 'per-photo', label: 'Each photo' },
] as const;
const MASKS = [
  { value: 'none', label: 'All' },
  { value: 'high', label: 'High' },
  { value: 'low', label: 'Low' },
] as const;
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
          <Segmented label="Fitted to" value={settings.fit} options={FITS} onChange={(fit) => update({ fit })} />
          <Segmented
            label="Foreground, by the first component"
            value={settings.mask}
            options={MASKS}
            onChange={(mask) => update({ mask })}
          />
          <Switch
            label="Align colours"
            checked={settings.align}
            hint="Turns the components towards the first column’s, so that colours mean the same."
            onChange={(align) => update({ align })}
          />
        </>
      )}
      {settings.page === 'similarity' && <SimilarityControls />}
      {settings.page === 'clusters' && (
        <>
          <Slider
            label="Clusters"
            value={settings.clusters}
            {...CLUSTER_COUNT}
            step={1}
            format={String}
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
          <Slider
            label="Distance ratio at most"
            value={settings.maxRatio}
            min={0.5}
            max={1}
            step={0.01}
            format={(ratio) => ratio.toFixed(2)}
            hint="Nearest over second nearest: lower keeps only what has no rival."
            onChange={(maxRatio) => update({ maxRatio })}
          />
          <Slider
            label="Lines at most"
            value={settings.lines}
            min={10}
            max={1000}
            step={10}
            format={String}
            onChange={(lines) => update({ lines })}
          />
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
      label="Between photos"
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
        <Slider
          label="Temperature"
          value={temperature}
          min={0.01}
          max={0.5}
          step={0.01}
          format={(value) => value.toFixed(2)}
          onChange={(value) => update({ temperature: value })}
        />
      )}
      <Slider
        label="Best places"
        value={bestPlaces}
        min={1}
        max={10}
        step={1}
        format={String}
        onChange={(value) => update({ bestPlaces: value })}
      />
      {bestPlaces > 1 && (
        <Slider
          label="Apart by"
          value={exclusion}
          min={0}
          max={10}
          step={1}
          format={(cells) => `${cells} places`}
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
