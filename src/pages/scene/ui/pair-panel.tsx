import { useId } from 'react';
import { percent, whole } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { DiceIcon } from '../../../ui/icons.tsx';
import { ParamChoice } from '../../../ui/param-controls.tsx';
import { Section } from '../../../ui/section.tsx';
import { Select } from '../../../ui/select.tsx';
import { PAIR_BINS } from '../../../gaussians/pairs/views.ts';
import type { Figures } from '../contract/api.ts';
import { RULE_NAMES, SCENE_PARAMS } from '../params.ts';
import { useScene, useSceneState } from './scene-context.ts';

/** Seeds from the dice are short enough to be told on the phone. */
const DICE_RANGE = 100_000;

/** Two views with exact truth: chosen by hand or drawn by the seed, and how good their labels are. */
export function PairPanel() {
  const scene = useScene();
  const values = useSceneState((state) => state.values);
  const isOpen = useSceneState((state) => state.facts !== null);
  const chosen = useSceneState((state) => state.chosen);
  const pair = useSceneState((state) => state.pair);
  const pairing = useSceneState((state) => state.pairing);
  const seedId = useId();
  const { bins, seed } = SCENE_PARAMS;
  const options = PAIR_BINS[values.bins].map(([low, high], i) => ({
    value: String(i),
    label: values.bins === 'angle' ? `${low}–${high}°` : `${100 * low}–${100 * high} %`,
  }));
  return (
    <Section title="Pairs" open summary={pair ? `${pair.angle.toFixed(1)}°` : undefined}>
      <div className="scene-buttons">
        {(['a', 'b'] as const).map((side) => (
          <button
            key={side}
            type="button"
            className="button"
            disabled={!isOpen}
            aria-pressed={chosen[side] !== null}
            onClick={() => void scene.pairing.take(side)}
          >
            Set as {side.toUpperCase()}
          </button>
        ))}
      </div>
      <ParamChoice param={bins} value={values.bins} onChange={(value) => scene.set({ bins: value })} />
      <Select
        label={values.bins === 'angle' ? 'Angle between the views' : 'Overlap of the views'}
        value={String(values.bin)}
        options={options}
        onChange={(value) => scene.set({ bin: Number(value) })}
      />
      <div className="scene-draw">
        <div className="field">
          <label htmlFor={seedId}>{seed.label}</label>
          <input
            id={seedId}
            type="number"
            inputMode="numeric"
            min={0}
            max={seed.range[1]}
            step={1}
            value={values.seed}
            onChange={({ target }) => {
              const value = Math.round(target.valueAsNumber);
              if (value >= 0 && value <= seed.range[1]) scene.set({ seed: value });
            }}
          />
        </div>
        <IconButton label="Another seed" onClick={() => scene.set({ seed: Math.floor(Math.random() * DICE_RANGE) })}>
          <DiceIcon />
        </IconButton>
        <button type="button" className="button" disabled={!isOpen} onClick={() => void scene.pairing.draw()}>
          Draw a pair
        </button>
      </div>
      {pairing && (
        <div className="scene-job" role="status">
          <p>
            <span className="spinner" aria-hidden="true" />{' '}
            {pairing.progress?.stage === 'draw'
              ? `Looking for views: ${pairing.progress.done} seen …`
              : 'Rendering and labelling …'}
          </p>
          <button type="button" className="button" onClick={() => scene.pairing.stop()}>
            Cancel
          </button>
        </div>
      )}
      <PairFacts />
    </Section>
  );
}

function PairFacts() {
  const scene = useScene();
  const pair = useSceneState((state) => state.pair);
  if (!pair) {
    return <p className="hint">For every pixel of A: its exact place in B, visible or hidden, or not to be trusted.</p>;
  }
  const send = (sending: Promise<void>) => void sending.catch((thrown: unknown) => scene.report(thrown));
  const { shares, cycle, relative, epipolar, endPoint, drawn, size } = pair;
  const pixels = ({ median, p95 }: Figures) => `${shown(median)} px, p95 ${shown(p95)}`;
  const rows: [string, string][] = [
    ['Kept (visible)', percent(shares.visible)],
    ['Hidden', percent(shares.hidden)],
    ['Outside B', percent(shares.outside)],
    ['Not trusted', percent(shares.masked + shares.doubtful)],
    ['End-point error', endPoint ? pixels(endPoint) : 'no truth is known'],
    ['Cycle error', pixels(cycle)],
    ['Relative reprojection', `${shown(relative.median)}, p95 ${shown(relative.p95)}`],
    ['Symmetric epipolar', pixels(epipolar)],
    ['Depth', RULE_NAMES[pair.rule]],
    ['Size', `${size.width} × ${size.height}`],
  ];
  if (drawn) rows.push(['Overlap', `${percent(drawn.overlap)}${drawn.isInBin ? '' : ', the nearest to the bin'}`]);
  return (
    <>
      <dl className="scene-facts" data-pair-facts>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="hint">
        {endPoint
          ? `The end-point error is the labels’ distance from where ${whole(endPoint.places)} rays meet the surfaces that this scene was made from.`
          : 'What this scene was made from is not known: no end-point error can be told. Judge by cycle and relative reprojection.'}
      </p>
      <p className="hint">{pair.caveat}</p>
      <div className="scene-buttons">
        <button type="button" className="button" onClick={() => send(scene.pairing.toMatch())}>
          Send to Match
        </button>
        <button type="button" className="button" onClick={() => send(scene.pairing.toCompare())}>
          Send to Compare
        </button>
      </div>
    </>
  );
}

/** Less than a thousandth says nothing more. */
const shown = (value: number): string => (value === Infinity ? '∞' : value < 0.001 ? '< 0.001' : value.toFixed(3));
